// What the bot hands to the human: why, in one paragraph, and what it had understood.
import { UnstyledButton } from "@mantine/core";
import { ArrowRightLeft, ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../../../components/tag";
import { useMe } from "../../../lib/session";
import { clock } from "../../../lib/time";
import type { Handoff } from "../../../types/api";
import classes from "./handoff.module.css";

// `fresh`: nobody has read it yet, so it opens by itself even where room is scarce.
export function HandoffCard({ handoff, fresh }: { handoff: Handoff; fresh: boolean }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useMe();
  const [open, setOpen] = useState(() => fresh || window.matchMedia("(min-width: 900px)").matches);
  const slots = Object.entries(handoff.slots).filter(([, value]) => value !== "");
  return (
    <section className={classes.card} data-testid="handoff-card" aria-label={t("handoff.title")}>
      <UnstyledButton className={classes.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        <ArrowRightLeft size={15} aria-hidden />
        <span className={classes.title}>{t("handoff.title")}</span>
        <Tag tone="warn">{t(`handoff.reason.${handoff.reason}`)}</Tag>
        <time dateTime={handoff.at} className={classes.time}>
          {clock(handoff.at, i18n.language, tenant.timezone)}
        </time>
        <ChevronDown
          size={15}
          className={classes.chevron}
          data-open={open || undefined}
          aria-hidden
        />
      </UnstyledButton>
      {open && (
        <div className={classes.body}>
          <Summary text={handoff.summary} />
          <dl className={classes.facts}>
            {handoff.intents.length > 0 && (
              <div>
                <dt>{t("handoff.understood")}</dt>
                <dd>
                  {handoff.intents.map((intent) => (
                    <Tag key={intent} tone="bot">
                      {t(`intent.${intent as "greet"}`, { defaultValue: intent })}
                    </Tag>
                  ))}
                </dd>
              </div>
            )}
            {slots.map(([key, value]) => (
              <div key={key}>
                <dt>{t(`slot.${key as "order_number"}`, { defaultValue: key })}</dt>
                <dd>{value}</dd>
              </div>
            ))}
            {handoff.language && (
              <div>
                <dt>{t("handoff.language")}</dt>
                <dd>
                  {new Intl.DisplayNames([i18n.language], { type: "language" }).of(
                    handoff.language,
                  )}
                </dd>
              </div>
            )}
          </dl>
        </div>
      )}
    </section>
  );
}

// The bot writes one thing a line; "Topics: …" reads best with its name apart.
function Summary({ text }: { text: string }) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [, label, rest] = /^([\p{L} ]{2,24}): (.+)$/u.exec(line) ?? [];
    return (
      <p key={line} className={classes.summary}>
        {label && <span className={classes.label}>{label}</span>}
        {rest ?? line}
      </p>
    );
  });
}
