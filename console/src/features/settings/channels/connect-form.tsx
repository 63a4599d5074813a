// Connecting an account by its ids and token, with where to find them.
import { Button, NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { channelNames } from "../../../components/channel-badge";
import type { ChannelKind, ConnectIn } from "../../../types/api";
import { LimitNotice } from "../limit-notice";
import classes from "../settings.module.css";
import { useSave } from "../use-save";
import { channelsQuery, connect } from "./api";

const kinds: readonly ChannelKind[] = ["whatsapp", "messenger", "instagram"];
const steps = ["one", "two", "three"] as const;
const digits = (value: string) => /^[0-9]{1,40}$/.test(value.trim());

export function ConnectForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const save = useSave((body: ConnectIn) => connect(body), [channelsQuery.queryKey]);
  const form = useForm({
    initialValues: {
      kind: "whatsapp" as ChannelKind,
      external_id: "",
      parent_id: "",
      access_token: "",
      name: "",
    },
    validate: {
      external_id: (value) => (digits(value) ? null : t("settings.channels.digits")),
      parent_id: (value) => (value === "" || digits(value) ? null : t("settings.channels.digits")),
    },
  });
  const { kind } = form.values;
  const submit = form.onSubmit((values) => {
    const body: ConnectIn = {
      kind: values.kind,
      external_id: values.external_id.trim(),
      access_token: values.access_token.trim(),
    };
    if (values.parent_id.trim()) body.parent_id = values.parent_id.trim();
    if (values.name.trim()) body.name = values.name.trim();
    save.mutate(body, { onSuccess: onDone });
  });

  return (
    <form className={classes.form} onSubmit={submit}>
      <NativeSelect
        label={t("settings.channels.kind")}
        data={kinds.map((value) => ({ value, label: channelNames[value] }))}
        {...form.getInputProps("kind")}
      />
      <ol className={classes.steps}>
        {steps.map((step) => (
          <li key={step}>{t(`settings.channels.steps.${kind}.${step}`)}</li>
        ))}
      </ol>
      {save.error && <LimitNotice error={save.error} />}
      <TextInput
        label={t(`settings.channels.external.${kind}`)}
        inputMode="numeric"
        required
        {...form.getInputProps("external_id")}
      />
      {kind !== "messenger" && (
        <TextInput
          label={t(`settings.channels.parent.${kind}`)}
          inputMode="numeric"
          required
          {...form.getInputProps("parent_id")}
        />
      )}
      <PasswordInput
        label={t("settings.channels.token")}
        description={t("settings.channels.tokenHint")}
        required
        minLength={8}
        maxLength={1000}
        autoComplete="off"
        visibilityToggleButtonProps={{ "aria-label": t("auth.showPassword") }}
        {...form.getInputProps("access_token")}
      />
      <TextInput
        label={t("settings.channels.name")}
        description={t("settings.channels.nameHint")}
        maxLength={120}
        {...form.getInputProps("name")}
      />
      <Button type="submit" loading={save.isPending}>
        {t("settings.channels.connect")}
      </Button>
    </form>
  );
}
