// Something that happened to the conversation, as centred small text.
import { useTranslation } from "react-i18next";
import { useMe } from "../../../lib/session";
import { clock, fullTime } from "../../../lib/time";
import type { Shown } from "./group";
import classes from "./thread.module.css";

export function SystemLine({ message, zone }: { message: Shown; zone: string }) {
  const { t, i18n } = useTranslation();
  const { user } = useMe();
  const who = message.author?.id === user.id ? "me" : message.author ? "named" : "nobody";
  const words = t(`system.${who}.${message.kind as "taken"}`, {
    name: message.author?.name ?? "",
    defaultValue: message.text || message.kind,
  });
  return (
    <div
      className={classes.system}
      data-testid="message"
      data-direction="system"
      data-origin={message.origin}
      data-status={message.status}
      data-kind={message.kind}
    >
      {words}
      <time dateTime={message.at} title={fullTime(message.at, i18n.language, zone)}>
        {clock(message.at, i18n.language, zone)}
      </time>
    </div>
  );
}
