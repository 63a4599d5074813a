// Sign in; afterwards back to where the person was.
import { Anchor, Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Notice } from "../../components/notice";
import { ProblemNotice } from "../../components/problem-notice";
import { ApiError } from "../../lib/http";
import type { Me } from "../../types/api";
import { login } from "./api";
import classes from "./auth.module.css";
import { AuthFrame } from "./frame";

export function LoginPage({ ended, onDone }: { ended: boolean; onDone: (me: Me) => void }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { email: "", password: "" } });
  const enter = useMutation({ mutationFn: login, onSuccess: onDone });
  const wrong = enter.error instanceof ApiError && enter.error.status === 401;

  return (
    <AuthFrame title={t("auth.login.title")} lead={t("auth.login.lead")}>
      <form className={classes.form} onSubmit={form.onSubmit((values) => enter.mutate(values))}>
        {ended && !enter.error && <Notice>{t("auth.ended")}</Notice>}
        {enter.error && !wrong && <ProblemNotice error={enter.error} />}
        <TextInput
          label={t("auth.email")}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          data-testid="login-email"
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label={t("auth.password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": t("auth.showPassword") }}
          data-testid="login-password"
          {...form.getInputProps("password")}
          error={wrong ? t("auth.login.wrong") : null}
        />
        <Button type="submit" loading={enter.isPending} data-testid="login-submit">
          {t("auth.login.submit")}
        </Button>
      </form>
      <p className={classes.foot}>
        {t("auth.login.new")}{" "}
        <Anchor component={Link} to="/signup" fz="sm">
          {t("auth.login.signup")}
        </Anchor>
      </p>
    </AuthFrame>
  );
}
