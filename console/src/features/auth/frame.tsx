// The quiet page around login, sign-up and invitation.
import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { chooseLocale, isLocale, localeNames, locales } from "../../lib/i18n";
import classes from "./auth.module.css";

export function AuthFrame({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: string;
  children: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <img src="/icon.svg" alt="" width={28} height={28} />
          <span>Konectus</span>
        </div>
        <h1 className={classes.title}>{title}</h1>
        {lead && <p className={classes.lead}>{lead}</p>}
        {children}
      </div>
      <NativeSelect
        className={classes.language}
        aria-label={t("common.language")}
        size="xs"
        value={i18n.language}
        data={locales.map((value) => ({ value, label: localeNames[value] }))}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (isLocale(value)) void chooseLocale(value);
        }}
      />
    </main>
  );
}
