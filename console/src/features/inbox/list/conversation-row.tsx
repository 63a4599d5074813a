// One conversation in the list: who, when, the last words, who answers, what is unread.
import { useQueryClient } from "@tanstack/react-query";
import { Bot, Check, Hourglass, LockKeyhole, UserRound } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { ChannelBadge } from "../../../components/channel-badge";
import { Face } from "../../../components/face";
import { Tag } from "../../../components/tag";
import { customerName } from "../../../lib/person";
import { useMe } from "../../../lib/session";
import { fullTime, rowTime } from "../../../lib/time";
import { useTyping } from "../../../live/ephemeral";
import type { Conversation } from "../../../types/api";
import { conversationQuery, messagesQuery } from "../api";
import classes from "./row.module.css";

interface Props {
  conversation: Conversation;
  selected: boolean;
  onOpen: (id: string) => void;
}

export const ConversationRow = memo(function ConversationRow({
  conversation,
  selected,
  onOpen,
}: Props) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const { tenant } = useMe();
  const name = customerName(conversation.contact, t("inbox.unknown"));
  const unread = conversation.unread > 0;

  const prefetch = () => {
    void client.prefetchQuery(conversationQuery(conversation.id));
    void client.prefetchInfiniteQuery(messagesQuery(conversation.id));
  };

  return (
    <button
      type="button"
      className={classes.row}
      aria-current={selected || undefined}
      data-testid="conversation-row"
      data-conversation-id={conversation.id}
      data-unread={unread || undefined}
      onClick={() => onOpen(conversation.id)}
      onPointerEnter={prefetch}
      onFocus={prefetch}
    >
      <span className={classes.face}>
        <Face name={name} />
        <span className={classes.channel}>
          <ChannelBadge kind={conversation.channel} />
        </span>
      </span>
      <span className={classes.text}>
        <span className={classes.line}>
          <span className={classes.name}>{name}</span>
          <time
            className={classes.time}
            dateTime={conversation.last_at}
            title={fullTime(conversation.last_at, i18n.language, tenant.timezone)}
          >
            {rowTime(conversation.last_at, new Date(), i18n.language, tenant.timezone)}
          </time>
        </span>
        <span className={classes.line}>
          <Last conversation={conversation} />
          <OwnerMark conversation={conversation} />
          {unread && (
            <span className={classes.unread}>
              {conversation.unread > 99 ? "99+" : conversation.unread}
              <span className={classes.hidden}>
                {" "}
                {t("inbox.unread", { count: conversation.unread })}
              </span>
            </span>
          )}
        </span>
      </span>
    </button>
  );
});

function Last({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const typing = useTyping(conversation.id);
  if (typing)
    return <span className={classes.typing}>{t("inbox.typing", { name: typing.name })}</span>;
  const { preview } = conversation;
  if (!preview) return <span className={classes.preview}>{t("inbox.noMessages")}</span>;
  const kind = preview.kind as "image";
  const words =
    preview.text || t(`message.kind.${kind}`, { defaultValue: t("message.kind.other") });
  return (
    <span className={classes.preview}>
      {preview.direction === "note" && (
        <LockKeyhole size={12} className={classes.lock} aria-label={t("message.note")} />
      )}
      {preview.direction === "out" && <span>{t("inbox.us")} </span>}
      {words}
    </span>
  );
}

function OwnerMark({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const me = useMe();
  const { owner, assignee } = conversation;
  if (conversation.state === "resolved") {
    return <Check size={14} className={classes.done} aria-label={t("owner.resolved")} />;
  }
  if (owner === "bot") return <Bot size={15} className={classes.bot} aria-label={t("owner.bot")} />;
  if (owner === "queue" || owner === "offered") {
    if (owner === "offered" && assignee?.id === me.user.id)
      return <Tag tone="warn">{t("owner.offeredMe")}</Tag>;
    return <Hourglass size={14} className={classes.waiting} aria-label={t("owner.queue")} />;
  }
  if (owner !== "agent" || !assignee) return null;
  const label =
    assignee.id === me.user.id ? t("owner.me") : t("owner.agent", { name: assignee.name });
  return <UserRound size={14} className={classes.agent} aria-label={label} />;
}
