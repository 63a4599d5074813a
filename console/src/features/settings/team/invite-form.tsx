// Inviting: the link is shown once, to be sent by whatever way the team talks.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "../../../components/notice";
import { useMe } from "../../../lib/session";
import type { Invited, Role } from "../../../types/api";
import { CopyLine } from "../copy-line";
import { LimitNotice } from "../limit-notice";
import classes from "../settings.module.css";
import { useSave } from "../use-save";
import { invite, usersQuery } from "./api";
import { roles } from "./roles";

export function InviteForm() {
  const { t } = useTranslation();
  const me = useMe();
  const [made, setMade] = useState<Invited | null>(null);
  const form = useForm({ initialValues: { name: "", email: "", role: "agent" as Role } });
  const save = useSave(invite, [usersQuery.queryKey], setMade);
  if (made) {
    return (
      <div className={classes.form}>
        <Notice kind="ok">{t("settings.team.made", { name: made.user.name })}</Notice>
        <CopyLine value={made.invite_url} />
        <Button
          variant="default"
          onClick={() => {
            setMade(null);
            form.reset();
          }}
        >
          {t("settings.team.another")}
        </Button>
      </div>
    );
  }
  return (
    <form className={classes.form} onSubmit={form.onSubmit((values) => save.mutate(values))}>
      {save.error && <LimitNotice error={save.error} />}
      <TextInput
        label={t("contact.name")}
        required
        maxLength={120}
        {...form.getInputProps("name")}
      />
      <TextInput label={t("auth.email")} type="email" required {...form.getInputProps("email")} />
      <NativeSelect
        label={t("settings.team.role")}
        description={t(`roleHint.${form.values.role}`)}
        data={roles(me).map((value) => ({ value, label: t(`role.${value}`) }))}
        {...form.getInputProps("role")}
      />
      <Button type="submit" loading={save.isPending}>
        {t("settings.team.makeLink")}
      </Button>
    </form>
  );
}
