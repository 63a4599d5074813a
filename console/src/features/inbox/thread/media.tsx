// Files, places and buttons inside a bubble.
import { FileText, ImageOff, MapPin } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Attachment, Message } from "../../../types/api";
import classes from "./media.module.css";

export function Media({ file }: { file: Attachment }) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState(false);
  const kind = t(`message.kind.${file.kind}`);
  if (!file.url || broken) {
    return (
      <span className={classes.missing}>
        <ImageOff size={16} aria-hidden /> {t("message.mediaGone", { kind })}
      </span>
    );
  }
  if (file.kind === "image" || file.kind === "sticker") {
    const image = (
      <img
        className={classes.image}
        data-kind={file.kind}
        src={file.url}
        alt={file.filename ?? kind}
        loading="lazy"
        onError={() => setBroken(true)}
      />
    );
    return (
      <a href={file.url} target="_blank" rel="noopener noreferrer">
        {image}
      </a>
    );
  }
  if (file.kind === "video") {
    return (
      // biome-ignore lint/a11y/useMediaCaption: a customer's own video has no captions
      <video
        className={classes.image}
        src={file.url}
        controls
        preload="metadata"
        aria-label={kind}
      />
    );
  }
  if (file.kind === "audio") {
    return (
      // biome-ignore lint/a11y/useMediaCaption: a voice message has no captions
      <audio className={classes.audio} src={file.url} controls preload="none" aria-label={kind} />
    );
  }
  return (
    <a className={classes.file} href={file.url} target="_blank" rel="noopener noreferrer">
      <FileText size={18} aria-hidden />
      <span>{file.filename ?? kind}</span>
    </a>
  );
}

export function Place({ location }: { location: NonNullable<Message["location"]> }) {
  const { t } = useTranslation();
  const { latitude, longitude, name, address } = location as Record<
    string,
    string | number | undefined
  >;
  const label = [name, address].filter(Boolean).join(", ") || t("message.kind.location");
  const href = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  return (
    <a className={classes.file} href={href} target="_blank" rel="noopener noreferrer">
      <MapPin size={18} aria-hidden />
      <span>{label}</span>
    </a>
  );
}

// What the customer could press. Shown, not pressable here.
export function Buttons({ buttons }: { buttons: Message["buttons"] }) {
  const { t } = useTranslation();
  return (
    <ul className={classes.buttons} aria-label={t("message.buttons")}>
      {buttons.map((button) => (
        <li key={button.payload + button.title}>{button.title}</li>
      ))}
    </ul>
  );
}
