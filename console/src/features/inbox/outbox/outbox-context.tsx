// One outbox for the signed-in person, started with the console and pumped when the network returns.
import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from "react";
import { post } from "../../../lib/http";
import { keepUnder } from "../../../lib/keep";
import { addMessage } from "../../../live/fold";
import { keys } from "../../../live/keys";
import type { Message, Messages } from "../../../types/api";
import type { Entry } from "./entry";
import { Outbox } from "./outbox";

const OutboxContext = createContext<Outbox | null>(null);

function send(entry: Entry): Promise<Message> {
  const base = `/api/conversations/${entry.conversation_id}`;
  const { client_id, text, reply_to } = entry;
  return entry.kind === "note"
    ? post<Message>(`${base}/notes`, { client_id, text })
    : post<Message>(
        `${base}/messages`,
        reply_to ? { client_id, text, reply_to } : { client_id, text },
      );
}

export function useMakeOutbox(userId: string): Outbox {
  const client = useQueryClient();
  const outbox = useMemo(() => {
    const kept = keepUnder(userId, "outbox");
    const onSent = (message: Message) => {
      client.setQueryData<{ pages: Messages[]; pageParams: unknown[] }>(
        keys.messages(message.conversation_id),
        (old) => old && { ...old, pages: [...addMessage(old.pages, message)] },
      );
    };
    return new Outbox(send, onSent, {
      load: () => kept.all<Entry>(),
      put: (entry) => kept.put(entry.client_id, entry),
      remove: (clientId) => kept.remove(clientId),
    });
  }, [client, userId]);

  useEffect(() => {
    void outbox.start();
    window.addEventListener("online", outbox.pumpAll);
    return () => {
      window.removeEventListener("online", outbox.pumpAll);
      outbox.stop();
    };
  }, [outbox]);
  return outbox;
}

export function OutboxProvider({ outbox, children }: { outbox: Outbox; children: ReactNode }) {
  return <OutboxContext value={outbox}>{children}</OutboxContext>;
}

export function useOutbox(): Outbox {
  const outbox = useContext(OutboxContext);
  if (!outbox) throw new Error("useOutbox outside OutboxProvider");
  return outbox;
}

export function useEntries(conversationId: string): readonly Entry[] {
  const outbox = useOutbox();
  const entries = useSyncExternalStore(outbox.subscribe, outbox.snapshot);
  return useMemo(
    () => entries.filter((entry) => entry.conversation_id === conversationId),
    [entries, conversationId],
  );
}
