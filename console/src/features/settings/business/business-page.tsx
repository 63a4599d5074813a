// What the bot may tell customers. A missing fact makes it offer a person instead.
import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { RowsLoading } from "../../../components/loading";
import { Page } from "../../../components/page";
import { ProblemNotice } from "../../../components/problem-notice";
import { get, patch } from "../../../lib/http";
import { localeNames, locales } from "../../../lib/i18n";
import { keys } from "../../../live/keys";
import type { BusinessProfile, Locale, Tenant, TenantPatch } from "../../../types/api";
import classes from "../settings.module.css";
import { useSave } from "../use-save";
import { facts, longFacts, profileOf, timezones, valuesOf } from "./profile";

const tenantKey = ["tenant"];

export default function BusinessPage() {
  const { t } = useTranslation();
  const { data, error, isPending } = useQuery({
    queryKey: tenantKey,
    queryFn: () => get<Tenant>("/api/tenant"),
  });
  return (
    <Page title={t("settings.business.title")} lead={t("settings.business.lead")}>
      {error && <ProblemNotice error={error} />}
      {isPending && <RowsLoading />}
      {data && <BusinessForm tenant={data} />}
    </Page>
  );
}

function BusinessForm({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: {
      locale: tenant.locale,
      timezone: tenant.timezone,
      ...valuesOf(tenant.profile),
    },
  });
  const save = useSave(
    (body: TenantPatch) => patch<Tenant>("/api/tenant", body),
    [tenantKey, keys.me],
  );
  const submit = form.onSubmit(({ locale, timezone, ...values }) => {
    const profile: BusinessProfile = profileOf(values);
    save.mutate({ name: profile.name, locale: locale as Locale, timezone, profile });
  });
  return (
    <form className={classes.narrow} onSubmit={submit}>
      <TextInput label={t("fact.name")} required maxLength={120} {...form.getInputProps("name")} />
      <NativeSelect
        label={t("settings.business.locale")}
        data={locales.map((value) => ({ value, label: localeNames[value] }))}
        {...form.getInputProps("locale")}
      />
      <NativeSelect
        label={t("settings.business.timezone")}
        data={timezones(tenant.timezone)}
        {...form.getInputProps("timezone")}
      />
      {facts.map((name) =>
        longFacts.has(name) ? (
          <Textarea
            key={name}
            label={t(`fact.${name}`)}
            description={t(`factHint.${name}`)}
            autosize
            minRows={2}
            maxRows={6}
            maxLength={600}
            {...form.getInputProps(name)}
          />
        ) : (
          <TextInput
            key={name}
            label={t(`fact.${name}`)}
            description={t(`factHint.${name}`)}
            maxLength={600}
            {...form.getInputProps(name)}
          />
        ),
      )}
      {save.error && <ProblemNotice error={save.error} />}
      <Button type="submit" loading={save.isPending}>
        {t("common.save")}
      </Button>
    </form>
  );
}
