// Why a message did not get through, in plain words, with the way out beside it.
import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { newId } from "../../../lib/ids";
import { refusalText } from "../../../lib/problem";
import { useOutbox } from "../outbox/outbox-context";
import classes from "./bubble.module.css";
import type { Shown } from "./group";

const hopeless = new Set(["window", "recipient", "identity", "consent"]);
const lost = new Set(["failed", "expired", "unconfirmed"]);

export function FailureLine({ message }: { message: Shown }) {
  const { t } = useTranslation();
  const outbox = useOutbox();
  if (message.direction === "in" || !lost.has(message.status)) return null;
  const reason = message.failure?.reason ?? message.status;
  const words = t(`failure.${reason as "other"}`, {
    defaultValue: refusalText(reason) ?? t("failure.other"),
  });
  const { entry } = message;
  const mayRetry = message.origin === "agent" && message.text !== "" && !hopeless.has(reason);

  const again = () => {
    if (entry) return outbox.again(entry.client_id);
    outbox.post({
      client_id: newId(),
      conversation_id: message.conversation_id,
      kind: "message",
      text: message.text,
      reply_to: message.reply_to,
      at: new Date().toISOString(),
      state: "queued",
      problem: null,
    });
  };

  return (
    <div className={classes.failure}>
      <span>{words}</span>
      {message.failure?.code && (
        <span className={classes.code}>{t("failure.code", { code: message.failure.code })}</span>
      )}
      {mayRetry && (
        <UnstyledButton className={classes.again} onClick={again}>
          {t("failure.again")}
        </UnstyledButton>
      )}
      {entry && (
        <UnstyledButton className={classes.again} onClick={() => outbox.discard(entry.client_id)}>
          {t("failure.discard")}
        </UnstyledButton>
      )}
    </div>
  );
}
