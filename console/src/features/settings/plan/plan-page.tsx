// The plan: its state, what is used of it, and the others.
import { Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { RowsLoading } from "../../../components/loading";
import { Notice } from "../../../components/notice";
import { Page } from "../../../components/page";
import { ProblemNotice } from "../../../components/problem-notice";
import { Tag } from "../../../components/tag";
import { useMe } from "../../../lib/session";
import { billingQuery } from "../../../lib/subscription";
import { shortDate } from "../../../lib/time";
import type { BillingOverview } from "../../../types/api";
import classes from "../settings.module.css";
import { PlanCards } from "./plan-cards";

const tones = { active: "ok", past_due: "warn", suspended: "bad" } as const;

export default function PlanPage() {
  const { t } = useTranslation();
  const { data, error, isPending } = useQuery(billingQuery);
  return (
    <Page title={t("settings.plan.title")} lead={t("settings.plan.lead")}>
      {error && <ProblemNotice error={error} />}
      {isPending && <RowsLoading />}
      {data && (
        <>
          <Current overview={data} />
          <UsageBars usage={data.usage} />
          <PlanCards current={data.subscription.plan} />
        </>
      )}
    </Page>
  );
}

function Current({ overview: { subscription } }: { overview: BillingOverview }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useMe();
  const day = (at: string) => shortDate(at, i18n.language, tenant.timezone);
  const reason = t(`settings.plan.reason.${(subscription.reason ?? "other") as "other"}`, {
    defaultValue: t("settings.plan.reason.other"),
  });
  return (
    <section className={classes.card} aria-label={t("settings.plan.current")}>
      <div className={classes.cardHead}>
        <h2 className={classes.cardTitle}>{subscription.plan.name}</h2>
        <Tag tone={tones[subscription.state]}>{t(`settings.plan.state.${subscription.state}`)}</Tag>
      </div>
      <p className={classes.mut} style={{ margin: 0 }}>
        {t("settings.plan.period", {
          from: day(subscription.period_start),
          to: day(subscription.period_end),
        })}
      </p>
      {subscription.state !== "active" && (
        <Notice kind="warn">
          {t(`settings.plan.explain.${subscription.state}`, {
            reason,
            date: day(subscription.changed_at),
          })}
        </Notice>
      )}
    </section>
  );
}

function UsageBars({ usage }: { usage: BillingOverview["usage"] }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  return (
    <section className={classes.usage} aria-label={t("settings.plan.usage")}>
      {usage.map(({ key, used, limit }) => {
        const share = limit ? Math.min(100, (used / limit) * 100) : 0;
        const label = t(`limit.${key}`);
        return (
          <div key={key}>
            <div className={classes.usageLine}>
              <span>{label}</span>
              <span className="k-num">
                {limit === null
                  ? t("settings.plan.noLimit", { used: number.format(used) })
                  : t("settings.plan.usedOf", {
                      used: number.format(used),
                      limit: number.format(limit),
                    })}
              </span>
            </div>
            {limit !== null && (
              <Progress.Root size="sm">
                <Progress.Section
                  value={share}
                  color={share >= 100 ? "red" : "indigo"}
                  aria-label={label}
                />
              </Progress.Root>
            )}
          </div>
        );
      })}
    </section>
  );
}
