// Messages of one sender within a few minutes, under one name.
import { Bot, LockKeyhole } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../lib/session";
import { Bubble } from "./bubble";
import { keyOf, type Shown } from "./group";
import classes from "./thread.module.css";

interface Props {
  messages: readonly Shown[];
  byId: ReadonlyMap<string, Shown>;
  zone: string;
  onReply: ((message: Shown) => void) | null;
}

export function MessageGroup({ messages, byId, zone, onReply }: Props) {
  const first = messages[0];
  if (!first) return null;
  return (
    <div className={classes.group} data-side={first.direction}>
      <Sender message={first} />
      {messages.map((message) => (
        <Bubble
          key={keyOf(message)}
          message={message}
          quoted={message.reply_to ? byId.get(message.reply_to) : undefined}
          zone={zone}
          onReply={message.direction === "note" ? null : onReply}
        />
      ))}
    </div>
  );
}

function Sender({ message }: { message: Shown }) {
  const { t } = useTranslation();
  const { user, tenant } = useMe();
  if (message.direction === "in") return null;
  const mine = message.author?.id === user.id;
  const name = mine ? t("thread.you") : (message.author?.name ?? t("thread.team"));
  if (message.direction === "note") {
    return (
      <div className={classes.sender} data-kind="note">
        <LockKeyhole size={12} aria-hidden /> {t("thread.noteBy", { name })}
      </div>
    );
  }
  if (message.origin === "bot") {
    return (
      <div className={classes.sender} data-kind="bot">
        <Bot size={13} aria-hidden /> {tenant.profile.assistant_name || t("thread.bot")}
      </div>
    );
  }
  if (message.origin === "system")
    return <div className={classes.sender}>{t("thread.automatic")}</div>;
  return <div className={classes.sender}>{name}</div>;
}
