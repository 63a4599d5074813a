// One message: quote, files, text, buttons, reaction, time and ticks.
import { Tooltip, UnstyledButton } from "@mantine/core";
import { Bot, Reply } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { RichText } from "../../../components/rich-text";
import { clock, fullTime } from "../../../lib/time";
import classes from "./bubble.module.css";
import { FailureLine } from "./failure-line";
import type { Shown } from "./group";
import { Buttons, Media, Place } from "./media";
import { Ticks } from "./ticks";

interface Props {
  message: Shown;
  quoted: Shown | undefined;
  zone: string;
  onReply: ((message: Shown) => void) | null;
}

export const Bubble = memo(function Bubble({ message, quoted, zone, onReply }: Props) {
  const { t } = useTranslation();
  return (
    <div
      className={classes.row}
      data-testid="message"
      data-direction={message.direction}
      data-origin={message.origin}
      data-status={message.status}
      data-message-id={message.id}
    >
      <div className={classes.bubble}>
        {message.reply_to && <Quote message={quoted} />}
        {message.deleted ? (
          <span className={classes.deleted}>{t("message.deleted")}</span>
        ) : (
          <Content message={message} />
        )}
        <Meta message={message} zone={zone} />
        {message.reaction && (
          <span
            className={classes.reaction}
            role="img"
            aria-label={t("message.reaction", { emoji: message.reaction })}
          >
            {message.reaction}
          </span>
        )}
        {onReply && !message.entry && !message.deleted && (
          <UnstyledButton
            className={classes.reply}
            aria-label={t("message.reply")}
            onClick={() => onReply(message)}
          >
            <Reply size={15} aria-hidden />
          </UnstyledButton>
        )}
      </div>
      <FailureLine message={message} />
    </div>
  );
});

function Content({ message }: { message: Shown }) {
  const { t } = useTranslation();
  const bare = !message.text && message.attachments.length === 0 && !message.location;
  return (
    <>
      {message.attachments.map((file, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: attachments never move
        <Media key={index} file={file} />
      ))}
      {message.location && <Place location={message.location} />}
      {message.text && <RichText text={message.text} />}
      {bare && (
        <span className={classes.deleted}>
          {t(`message.kind.${message.kind as "image"}`, { defaultValue: t("message.kind.other") })}
        </span>
      )}
      {message.buttons.length > 0 && <Buttons buttons={message.buttons} />}
    </>
  );
}

function Quote({ message }: { message: Shown | undefined }) {
  const { t } = useTranslation();
  const words = message ? message.text || t("message.kind.other") : t("message.earlier");
  return (
    <span className={classes.quote}>
      <span>
        <RichText text={words} />
      </span>
    </span>
  );
}

function Meta({ message, zone }: { message: Shown; zone: string }) {
  const { t, i18n } = useTranslation();
  return (
    <span className={classes.meta}>
      {message.edited && <span>{t("message.edited")}</span>}
      {message.bot && <BotMark intent={message.bot.intent} confidence={message.bot.confidence} />}
      <time dateTime={message.at} title={fullTime(message.at, i18n.language, zone)}>
        {clock(message.at, i18n.language, zone)}
      </time>
      {message.direction === "out" && <Ticks status={message.status} />}
    </span>
  );
}

function BotMark({ intent, confidence }: { intent: string | null; confidence: number }) {
  const { t, i18n } = useTranslation();
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" }).format(confidence);
  const label = intent ? t("message.botMark", { intent, percent }) : t("message.botNoIntent");
  return (
    <Tooltip label={label} events={{ hover: true, focus: true, touch: true }}>
      <UnstyledButton className={classes.mark} aria-label={label}>
        <Bot size={13} aria-hidden />
      </UnstyledButton>
    </Tooltip>
  );
}
