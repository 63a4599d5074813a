// The plans on offer, and changing to another.
import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../../../components/tag";
import { get, post } from "../../../lib/http";
import { moneyText } from "../../../lib/money";
import { mayAs, useMe } from "../../../lib/session";
import { billingQuery } from "../../../lib/subscription";
import type { Plan, Plans } from "../../../types/api";
import { LimitNotice } from "../limit-notice";
import classes from "../settings.module.css";
import { useSave } from "../use-save";

export function PlanCards({ current }: { current: Plan }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ["plans"],
    queryFn: () => get<Plans>("/api/billing/plans"),
  });
  const [chosen, setChosen] = useState<Plan | null>(null);
  return (
    <>
      <div className={classes.plans}>
        {data?.items.map((plan) => (
          <PlanCard
            key={plan.id}
            plan={plan}
            current={plan.id === current.id || plan.code === current.code}
            onChoose={() => setChosen(plan)}
          />
        ))}
      </div>
      <p className={classes.mut}>{t("settings.plan.tax")}</p>
      {chosen && <ConfirmChange plan={chosen} onClose={() => setChosen(null)} />}
    </>
  );
}

function PlanCard({
  plan,
  current,
  onChoose,
}: {
  plan: Plan;
  current: boolean;
  onChoose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const mayChange = mayAs(useMe(), "owner");
  return (
    <section className={classes.card} data-current={current || undefined} aria-label={plan.name}>
      <div className={classes.cardHead}>
        <h2 className={classes.cardTitle}>{plan.name}</h2>
        {current && <Tag tone="accent">{t("settings.plan.current")}</Tag>}
      </div>
      <div>
        <span className={classes.price}>{moneyText(plan.price, i18n.language)}</span>{" "}
        <span className={classes.mut}>{t("settings.plan.perMonth")}</span>
      </div>
      <ul className={classes.limits}>
        {plan.limits.map(({ key, value }) => (
          <li key={key}>
            {t(`limit.${key}`)}:{" "}
            {value === null ? t("settings.plan.unlimited") : number.format(value)}
          </li>
        ))}
      </ul>
      {!current && mayChange && (
        <Button variant="default" onClick={onChoose}>
          {t("settings.plan.choose")}
        </Button>
      )}
    </section>
  );
}

function ConfirmChange({ plan, onClose }: { plan: Plan; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const change = useSave(
    (plan_id: string) => post<unknown>("/api/billing/plan", { plan_id }),
    [billingQuery.queryKey],
  );
  const price = moneyText(plan.price, i18n.language);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("settings.plan.confirmTitle", { name: plan.name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p className={classes.mut}>{t("settings.plan.confirm", { name: plan.name, price })}</p>
      {change.error && <LimitNotice error={change.error} />}
      <div className={classes.row}>
        <Button
          loading={change.isPending}
          onClick={() => change.mutate(plan.id, { onSuccess: onClose })}
        >
          {t("settings.plan.choose")}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
      </div>
    </Modal>
  );
}
