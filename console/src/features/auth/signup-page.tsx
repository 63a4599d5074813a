// A new business: its first person, and the terms in the version that was shown.
import { Anchor, Button, Checkbox, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../../components/problem-notice";
import { ApiError } from "../../lib/http";
import { isLocale } from "../../lib/i18n";
import { problemText } from "../../lib/problem";
import type { Me, SignUpIn } from "../../types/api";
import { signUp, termsQuery } from "./api";
import classes from "./auth.module.css";
import { AuthFrame } from "./frame";
import { TermsText } from "./terms-text";

const fields = ["company", "name", "email", "password"] as const;
const empty = { company: "", name: "", email: "", password: "", accepted: false };

export function SignUpPage({ onDone }: { onDone: (me: Me) => void }) {
  const { t, i18n } = useTranslation();
  const terms = useQuery(termsQuery);
  const form = useForm({
    initialValues: empty,
    validate: {
      password: (value) => (value.length < 8 ? t("auth.passwordShort") : null),
      accepted: (value) => (value ? null : t("auth.signup.mustAccept")),
    },
  });
  const create = useMutation({
    mutationFn: (body: SignUpIn) => signUp(body),
    onSuccess: onDone,
    onError: (error) => {
      const field = error instanceof ApiError ? error.field : null;
      if (fields.some((name) => name === field))
        form.setFieldError(String(field), problemText(error));
    },
  });
  const locale = isLocale(i18n.language) ? i18n.language : "pt-BR";
  const text = terms.data?.texts[locale] ?? terms.data?.texts["pt-BR"] ?? "";
  const atField = create.error instanceof ApiError && fields.some((f) => f in form.errors);

  const submit = form.onSubmit(({ accepted: _, ...values }) => {
    if (terms.data) create.mutate({ ...values, locale, terms_version: terms.data.version });
  });

  return (
    <AuthFrame title={t("auth.signup.title")} lead={t("auth.signup.lead")}>
      <form className={classes.form} onSubmit={submit}>
        {create.error && !atField && <ProblemNotice error={create.error} />}
        {terms.error && <ProblemNotice error={terms.error} />}
        <TextInput
          label={t("auth.company")}
          autoComplete="organization"
          required
          maxLength={120}
          {...form.getInputProps("company")}
        />
        <TextInput
          label={t("auth.name")}
          autoComplete="name"
          required
          maxLength={120}
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("auth.email")}
          type="email"
          autoComplete="username"
          required
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label={t("auth.password")}
          description={t("auth.passwordRule")}
          autoComplete="new-password"
          required
          visibilityToggleButtonProps={{ "aria-label": t("auth.showPassword") }}
          {...form.getInputProps("password")}
        />
        <div>
          <div className={classes.legend} id="terms-title">
            {t("auth.signup.terms", { version: terms.data?.version ?? "" })}
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable by keyboard */}
          <section className={classes.terms} tabIndex={0} aria-labelledby="terms-title">
            <TermsText text={text} />
          </section>
        </div>
        <Checkbox
          label={t("auth.signup.accept")}
          {...form.getInputProps("accepted", { type: "checkbox" })}
        />
        <Button type="submit" loading={create.isPending} disabled={!terms.data}>
          {t("auth.signup.submit")}
        </Button>
      </form>
      <p className={classes.foot}>
        {t("auth.signup.have")}{" "}
        <Anchor component={Link} to="/login" fz="sm">
          {t("auth.login.submit")}
        </Anchor>
      </p>
    </AuthFrame>
  );
}
