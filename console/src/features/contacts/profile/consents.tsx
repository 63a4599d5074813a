// What the contact agreed to, and the way to stop or resume on their word.
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Tag } from "../../../components/tag";
import { useMe } from "../../../lib/session";
import { shortDate } from "../../../lib/time";
import type { Consent, Contact } from "../../../types/api";
import { useSetConsent } from "../api";
import classes from "./profile.module.css";

const tones = { in: "ok", out: "bad", unknown: "plain" } as const;

export function Consents({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const known = new Map(contact.consents.map((consent) => [consent.purpose, consent]));
  return (
    <section className={classes.section} aria-labelledby="contact-consents">
      <h3 className={classes.heading} id="contact-consents">
        {t("contact.consents")}
      </h3>
      {(["marketing", "service"] as const).map((purpose) => (
        <ConsentRow
          key={purpose}
          contactId={contact.id}
          purpose={purpose}
          consent={known.get(purpose)}
        />
      ))}
    </section>
  );
}

interface RowProps {
  contactId: string;
  purpose: Consent["purpose"];
  consent: Consent | undefined;
}

function ConsentRow({ contactId, purpose, consent }: RowProps) {
  const { t, i18n } = useTranslation();
  const { user, tenant } = useMe();
  const set = useSetConsent(contactId);
  const state = consent?.state ?? "unknown";
  const next = state === "out" ? "in" : "out";
  return (
    <div className={classes.consent}>
      <div>
        <div>
          {t(`contact.purpose.${purpose}`)}{" "}
          <Tag tone={tones[state]}>{t(`contact.consent.${state}`)}</Tag>
        </div>
        {consent?.at && (
          <div className={classes.since}>
            {consent.source} · {shortDate(consent.at, i18n.language, tenant.timezone)}
          </div>
        )}
      </div>
      <Button
        variant="default"
        size="xs"
        loading={set.isPending}
        onClick={() =>
          set.mutate({
            purpose,
            state: next,
            source: t("contact.consentSource", { name: user.name }),
          })
        }
      >
        {next === "out" ? t("contact.stop") : t("contact.resume")}
      </Button>
    </div>
  );
}
