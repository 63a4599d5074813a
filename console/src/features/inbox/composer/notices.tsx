// What stands above the input: why it is closed, how long it stays open, what is answered.
import { ActionIcon, Button } from "@mantine/core";
import { Clock3, Reply, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../lib/session";
import type { WindowState } from "../../../lib/time";
import type { Conversation } from "../../../types/api";
import type { Closed } from "../ownership";
import classes from "./composer.module.css";

interface ClosedProps {
  reason: NonNullable<Closed>;
  conversation: Conversation;
  onTake: () => void;
  onAccept: () => void;
}

export function ClosedNotice({ reason, conversation, onTake, onAccept }: ClosedProps) {
  const { t } = useTranslation();
  const { user } = useMe();
  if (reason === "suspended")
    return <p className={classes.closed}>{t("composer.closed.suspended")}</p>;
  if (reason === "window") {
    const never = conversation.window_closes_at === null;
    return (
      <p className={classes.closed}>
        {never ? t("composer.closed.never") : t("composer.closed.window")}
      </p>
    );
  }
  const offeredMe = conversation.owner === "offered" && conversation.assignee?.id === user.id;
  return (
    <div className={classes.closed}>
      <span>{ownerWords(conversation, offeredMe, t)}</span>
      <Button onClick={offeredMe ? onAccept : onTake} data-testid="composer-take">
        {offeredMe ? t("act.accept") : t("act.take")}
      </Button>
    </div>
  );
}

type Translate = ReturnType<typeof useTranslation>["t"];

function ownerWords(conversation: Conversation, offeredMe: boolean, t: Translate): string {
  if (conversation.state === "resolved") return t("composer.closed.resolved");
  if (offeredMe) return t("composer.closed.offeredMe");
  if (conversation.owner === "bot") return t("composer.closed.bot");
  if (conversation.owner === "agent" && conversation.assignee) {
    return t("composer.closed.agent", { name: conversation.assignee.name });
  }
  return t("composer.closed.queue");
}

export function WindowNotice({ state }: { state: WindowState }) {
  const { t } = useTranslation();
  if (state.kind !== "closing") return null;
  const time =
    state.minutes >= 60
      ? `${Math.floor(state.minutes / 60)} h ${state.minutes % 60} min`
      : `${state.minutes} min`;
  return (
    <p className={classes.window}>
      <Clock3 size={13} aria-hidden /> {t("composer.windowLeft", { time })}
    </p>
  );
}

export function ReplyBar({ text, onCancel }: { text: string; onCancel: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.reply}>
      <Reply size={15} aria-hidden />
      <span>{text || t("message.kind.other")}</span>
      <ActionIcon size={24} aria-label={t("composer.cancelReply")} onClick={onCancel}>
        <X size={14} aria-hidden />
      </ActionIcon>
    </div>
  );
}
