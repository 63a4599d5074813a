// The log of one conversation. Older pages load at its top and leave the reader where they were.
import { Button } from "@mantine/core";
import { ArrowDown } from "lucide-react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../lib/session";
import { dayTitle } from "../../../lib/time";
import { useTyping } from "../../../live/ephemeral";
import { type Block, blocksOf, keyOf, type Shown } from "./group";
import { MessageGroup } from "./message-group";
import { SystemLine } from "./system-line";
import classes from "./thread.module.css";
import { useDrawn } from "./use-drawn";
import { useStick } from "./use-stick";

interface Props {
  conversationId: string;
  messages: readonly Shown[];
  label: string;
  older: { has: boolean; loading: boolean; load: () => void };
  onReply: ((message: Shown) => void) | null;
}

export function MessageList({ conversationId, messages, label, older, onReply }: Props) {
  const { t } = useTranslation();
  const { tenant, user } = useMe();
  const zone = tenant.timezone;
  const newest = messages.at(-1);
  const stick = useStick(conversationId, newest && keyOf(newest), newest?.author?.id === user.id);
  const fresh = useUnseen(messages, stick.atEnd, conversationId);
  const drawn = useDrawn(messages, stick.atEnd, conversationId);
  useKeepPlace(stick.scroller, drawn.messages[0]?.id, conversationId);
  const blocks = useMemo(() => blocksOf(drawn.messages, zone), [drawn.messages, zone]);
  const byId = useMemo(() => new Map(messages.map((message) => [message.id, message])), [messages]);

  const onScroll = () => {
    stick.onScroll();
    if ((stick.scroller.current?.scrollTop ?? 1_000) >= 240) return;
    if (drawn.more) drawn.more();
    else if (older.has && !older.loading) older.load();
  };

  return (
    <div className={classes.logWrap}>
      <div
        ref={stick.scroller}
        className={classes.log}
        role="log"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling log must be reachable by keyboard
        tabIndex={0}
        data-testid="thread"
        data-conversation-id={conversationId}
        onScroll={onScroll}
      >
        <div ref={stick.content} className={classes.column}>
          {older.has && !drawn.more && (
            <Button
              variant="subtle"
              className={classes.older}
              loading={older.loading}
              onClick={older.load}
            >
              {t("thread.older")}
            </Button>
          )}
          {blocks.map((block) => (
            <BlockView key={block.key} block={block} byId={byId} zone={zone} onReply={onReply} />
          ))}
          <TypingLine conversationId={conversationId} />
        </div>
      </div>
      {!stick.atEnd && (
        <button type="button" className={classes.pill} onClick={stick.toEnd}>
          <ArrowDown size={14} aria-hidden />
          {fresh > 0 ? t("thread.fresh", { count: fresh }) : t("thread.toEnd")}
        </button>
      )}
    </div>
  );
}

interface BlockProps {
  block: Block;
  byId: ReadonlyMap<string, Shown>;
  zone: string;
  onReply: ((message: Shown) => void) | null;
}

function BlockView({ block, byId, zone, onReply }: BlockProps) {
  const { i18n } = useTranslation();
  switch (block.kind) {
    case "day":
      return (
        <div className={classes.day}>
          <span>{dayTitle(block.at, new Date(), i18n.language, zone)}</span>
        </div>
      );
    case "system":
      return <SystemLine message={block.message} zone={zone} />;
    case "group":
      return <MessageGroup messages={block.messages} byId={byId} zone={zone} onReply={onReply} />;
  }
}

function TypingLine({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const typing = useTyping(conversationId);
  if (!typing) return null;
  return <p className={classes.typing}>{t("inbox.typing", { name: typing.name })}</p>;
}

// When older messages appear above, the ones in view stay put.
function useKeepPlace(
  scroller: { current: HTMLElement | null },
  first: string | undefined,
  thread: string,
) {
  const held = useRef({ first, thread, height: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const { current } = held;
    if (current.thread === thread && current.first !== first && element.scrollTop < 240) {
      element.scrollTop += element.scrollHeight - current.height;
    }
    held.current = { first, thread, height: element.scrollHeight };
  });
}

function useUnseen(messages: readonly Shown[], atEnd: boolean, thread: string): number {
  const newest = messages.at(-1);
  const last = newest && keyOf(newest);
  const [seen, setSeen] = useState({ thread, last });
  if ((atEnd || seen.thread !== thread) && (seen.last !== last || seen.thread !== thread)) {
    setSeen({ thread, last });
  }
  const index = messages.findIndex((message) => keyOf(message) === seen.last);
  return index < 0 ? 0 : messages.length - 1 - index;
}
