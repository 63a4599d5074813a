// One conversation: header, handoff packet, log, composer.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { MessageCircleOff } from "lucide-react";
import { useCallback, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../../components/empty";
import { RowsLoading } from "../../../components/loading";
import { ProblemNotice } from "../../../components/problem-notice";
import { ApiError } from "../../../lib/http";
import { customerName } from "../../../lib/person";
import { useMe } from "../../../lib/session";
import { threaded } from "../../../live/fold";
import type { Conversation } from "../../../types/api";
import { conversationQuery, messagesQuery, useAct, useMarkRead } from "../api";
import { Composer } from "../composer/composer";
import { useDraft } from "../composer/use-draft";
import { useEntries } from "../outbox/outbox-context";
import { isMine } from "../ownership";
import { type Shown, withEntries } from "./group";
import { HandoffCard } from "./handoff-card";
import { MessageList } from "./message-list";
import classes from "./thread.module.css";
import { ThreadHeader } from "./thread-header";

interface Props {
  id: string;
  panelOpen: boolean;
  onBack: () => void;
  onPanel: () => void;
}

export function ThreadPane({ id, ...rest }: Props) {
  const { t } = useTranslation();
  const view = useQuery(conversationQuery(id));
  const gone = view.error instanceof ApiError && view.error.status === 404;
  return (
    <section className={classes.pane} aria-label={t("thread.title")}>
      {view.data ? (
        <Thread key={id} conversation={view.data.conversation} {...rest} />
      ) : gone ? (
        <Empty icon={MessageCircleOff} title={t("thread.gone")} />
      ) : view.error ? (
        <div style={{ padding: 16 }}>
          <ProblemNotice error={view.error} />
        </div>
      ) : (
        <RowsLoading />
      )}
    </section>
  );
}

type ThreadProps = Omit<Props, "id"> & { conversation: Conversation };

function Thread({ conversation, panelOpen, onBack, onPanel }: ThreadProps) {
  const { t } = useTranslation();
  const { user } = useMe();
  const pages = useInfiniteQuery(messagesQuery(conversation.id));
  const entries = useEntries(conversation.id);
  const act = useAct(conversation);
  const draft = useDraft(conversation.id);
  useReadWhenSeen(conversation);

  const messages = useMemo(() => threaded(pages.data?.pages ?? []), [pages.data]);
  const shown = useMemo(
    () => withEntries(messages, entries, { id: user.id, name: user.name }),
    [messages, entries, user.id, user.name],
  );
  const { setReply } = draft;
  const onReply = useCallback(
    (message: Shown) => {
      setReply({ id: message.id, text: message.text });
      document.getElementById("composer")?.focus();
    },
    [setReply],
  );
  const name = customerName(conversation.contact, t("inbox.unknown"));

  return (
    <>
      <ThreadHeader
        conversation={conversation}
        panelOpen={panelOpen}
        onAct={act.mutate}
        onBack={onBack}
        onPanel={onPanel}
      />
      {conversation.handoff && conversation.state === "open" && (
        <HandoffCard handoff={conversation.handoff} fresh={conversation.owner !== "agent"} />
      )}
      {pages.data ? (
        <MessageList
          conversationId={conversation.id}
          messages={shown}
          label={t("thread.with", { name })}
          older={{
            has: pages.hasNextPage,
            loading: pages.isFetchingNextPage,
            load: () => void pages.fetchNextPage(),
          }}
          onReply={onReply}
        />
      ) : (
        <div className={classes.logWrap}>
          {pages.error ? <ProblemNotice error={pages.error} /> : <RowsLoading />}
        </div>
      )}
      <Composer
        conversation={conversation}
        draft={draft}
        onTake={() => act.mutate("take")}
        onAccept={() => act.mutate("accept")}
      />
    </>
  );
}

function useReadWhenSeen(conversation: Conversation): void {
  const { user } = useMe();
  const { mutate } = useMarkRead(conversation);
  const mine = isMine(conversation, user.id);
  useEffect(() => {
    if (conversation.unread === 0 || !mine) return;
    const read = () => document.visibilityState === "visible" && mutate();
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [conversation.unread, mine, mutate]);
}
