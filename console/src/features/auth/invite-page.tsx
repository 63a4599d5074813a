// An invited person sets a password and is in.
import { Button, PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Notice } from "../../components/notice";
import { ProblemNotice } from "../../components/problem-notice";
import { ApiError } from "../../lib/http";
import type { Me } from "../../types/api";
import { acceptInvite } from "./api";
import classes from "./auth.module.css";
import { AuthFrame } from "./frame";

export function InvitePage({ token, onDone }: { token: string; onDone: (me: Me) => void }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { password: "", again: "" },
    validate: {
      password: (value) => (value.length < 8 ? t("auth.passwordShort") : null),
      again: (value, values) => (value === values.password ? null : t("auth.passwordDiffers")),
    },
  });
  const accept = useMutation({
    mutationFn: (password: string) => acceptInvite({ token, password }),
    onSuccess: onDone,
  });
  const spent = accept.error instanceof ApiError && [401, 404, 409].includes(accept.error.status);
  if (!token || spent) {
    return (
      <AuthFrame title={t("auth.invite.title")}>
        <div className={classes.form}>
          <Notice kind="warn">{t("auth.invite.spent")}</Notice>
        </div>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={t("auth.invite.title")} lead={t("auth.invite.lead")}>
      <form
        className={classes.form}
        onSubmit={form.onSubmit(({ password }) => accept.mutate(password))}
      >
        {accept.error && <ProblemNotice error={accept.error} />}
        <PasswordInput
          label={t("auth.password")}
          description={t("auth.passwordRule")}
          autoComplete="new-password"
          required
          visibilityToggleButtonProps={{ "aria-label": t("auth.showPassword") }}
          {...form.getInputProps("password")}
        />
        <PasswordInput
          label={t("auth.passwordAgain")}
          autoComplete="new-password"
          required
          visibilityToggleButtonProps={{ "aria-label": t("auth.showPassword") }}
          {...form.getInputProps("again")}
        />
        <Button type="submit" loading={accept.isPending}>
          {t("auth.invite.submit")}
        </Button>
      </form>
    </AuthFrame>
  );
}
