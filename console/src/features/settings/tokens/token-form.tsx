// A new token. Its secret is shown this once.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "../../../components/notice";
import { ProblemNotice } from "../../../components/problem-notice";
import { post } from "../../../lib/http";
import { mayAs, useMe } from "../../../lib/session";
import type { CreatedToken, Role } from "../../../types/api";
import { CopyLine } from "../copy-line";
import classes from "../settings.module.css";
import { useSave } from "../use-save";

export const tokensKey = ["tokens"];
const roles: readonly Role[] = ["agent", "supervisor", "admin", "owner"];
const lives = ["30", "90", "365", ""] as const;

interface Values {
  name: string;
  role: Role;
  days: string;
}

function create({ name, role, days }: Values): Promise<CreatedToken> {
  const expires_at = days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : null;
  return post<CreatedToken>("/api/tokens", { name, role, expires_at });
}

export function TokenForm() {
  const { t } = useTranslation();
  const me = useMe();
  const [made, setMade] = useState<CreatedToken | null>(null);
  const form = useForm<Values>({ initialValues: { name: "", role: "agent", days: "90" } });
  const save = useSave(create, [tokensKey], setMade);
  if (made) {
    return (
      <div className={classes.form}>
        <Notice kind="warn">{t("settings.tokens.once")}</Notice>
        <CopyLine value={made.secret} />
      </div>
    );
  }
  return (
    <form className={classes.form} onSubmit={form.onSubmit((values) => save.mutate(values))}>
      {save.error && <ProblemNotice error={save.error} />}
      <TextInput
        label={t("contact.name")}
        description={t("settings.tokens.nameHint")}
        required
        maxLength={120}
        {...form.getInputProps("name")}
      />
      <NativeSelect
        label={t("settings.team.role")}
        data={roles
          .filter((role) => mayAs(me, role))
          .map((value) => ({ value, label: t(`role.${value}`) }))}
        {...form.getInputProps("role")}
      />
      <NativeSelect
        label={t("settings.tokens.expires")}
        data={lives.map((value) => ({
          value,
          label: value
            ? t("settings.tokens.days", { count: Number(value) })
            : t("settings.tokens.never"),
        }))}
        {...form.getInputProps("days")}
      />
      <Button type="submit" loading={save.isPending}>
        {t("settings.tokens.add")}
      </Button>
    </form>
  );
}
