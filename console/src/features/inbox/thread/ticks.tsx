// How far a message got, as a shape and a word; never by colour alone.
import { Check, CheckCheck, CircleAlert, CircleHelp, Clock3 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MessageStatus } from "../../../types/api";
import classes from "./bubble.module.css";

const icons = {
  pending: Clock3,
  unknown: Clock3,
  unconfirmed: CircleHelp,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  failed: CircleAlert,
  expired: CircleAlert,
};

export function Ticks({ status }: { status: MessageStatus }) {
  const { t } = useTranslation();
  if (status === "received") return null;
  const Icon = icons[status];
  const label = t(`status.${status}`);
  return (
    // A plain title: a hundred tooltips would cost more than the thread itself.
    <span className={classes.tick} data-status={status} title={label}>
      <Icon size={14} strokeWidth={2.25} role="img" aria-label={label} />
    </span>
  );
}
