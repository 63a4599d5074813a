// Where an agent writes: to the customer, or a note for the team.
import { ActionIcon, Button, Textarea, Tooltip } from "@mantine/core";
import { LockKeyhole, SendHorizontal } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { newId } from "../../../lib/ids";
import { useMe } from "../../../lib/session";
import { useSuspended } from "../../../lib/subscription";
import { windowState } from "../../../lib/time";
import { useNow } from "../../../lib/use-now";
import type { Conversation } from "../../../types/api";
import { useOutbox } from "../outbox/outbox-context";
import { isMine, whyClosed } from "../ownership";
import classes from "./composer.module.css";
import { ClosedNotice, ReplyBar, WindowNotice } from "./notices";
import type { Draft } from "./use-draft";
import { useTypingSignal } from "./use-typing-signal";

const LIMIT = 10_000;

interface Props {
  conversation: Conversation;
  draft: Draft;
  onTake: () => void;
  onAccept: () => void;
}

export function Composer({ conversation, draft, onTake, onAccept }: Props) {
  const { t } = useTranslation();
  const { user } = useMe();
  const outbox = useOutbox();
  const now = useNow(30_000);
  const box = useRef<HTMLTextAreaElement>(null);
  const { signal, rest } = useTypingSignal(conversation.id);
  const window = windowState(conversation.window_closes_at, now);
  const closed = whyClosed(isMine(conversation, user.id), useSuspended(), window.kind !== "closed");
  const writable = draft.note || closed === null;
  const text = draft.text.trim();

  const send = () => {
    if (!text || !writable) return;
    outbox.post({
      client_id: newId(),
      conversation_id: conversation.id,
      kind: draft.note ? "note" : "message",
      text,
      reply_to: draft.note ? null : (draft.reply?.id ?? null),
      at: new Date().toISOString(),
      state: "queued",
      problem: null,
    });
    draft.clear();
    rest();
    box.current?.focus();
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape") box.current?.blur();
  };

  const toggleNote = () => {
    draft.setNote(!draft.note);
    box.current?.focus();
  };

  return (
    <div className={classes.composer} data-note={draft.note || undefined}>
      {closed && !draft.note && (
        <ClosedNotice
          reason={closed}
          conversation={conversation}
          onTake={onTake}
          onAccept={onAccept}
        />
      )}
      {writable && draft.reply && !draft.note && (
        <ReplyBar text={draft.reply.text} onCancel={() => draft.setReply(null)} />
      )}
      {closed === null && !draft.note && <WindowNotice state={window} />}
      <div className={classes.line}>
        <Tooltip label={`${draft.note ? t("composer.toMessage") : t("composer.toNote")}  N`}>
          <ActionIcon
            className={classes.noteToggle}
            aria-label={t("composer.toNote")}
            aria-pressed={draft.note}
            data-testid="note-toggle"
            onClick={toggleNote}
          >
            <LockKeyhole size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Textarea
          ref={box}
          id="composer"
          className={classes.input}
          variant="unstyled"
          autosize
          minRows={1}
          maxRows={8}
          maxLength={LIMIT}
          disabled={!writable}
          aria-label={draft.note ? t("composer.noteLabel") : t("composer.messageLabel")}
          placeholder={draft.note ? t("composer.notePlaceholder") : t("composer.placeholder")}
          data-testid="composer-input"
          value={draft.text}
          onChange={(event) => {
            draft.setText(event.currentTarget.value);
            if (!draft.note) signal();
          }}
          onKeyDown={onKey}
        />
        <Button
          className={classes.send}
          color={draft.note ? "yellow" : "indigo"}
          data-note={draft.note || undefined}
          disabled={!text || !writable}
          data-testid="composer-send"
          aria-label={draft.note ? t("composer.saveNote") : t("composer.send")}
          onClick={send}
        >
          <SendHorizontal size={17} aria-hidden />
        </Button>
      </div>
    </div>
  );
}
