// Writes a foreseen form of a conversation everywhere it is cached.
import type { QueryClient } from "@tanstack/react-query";
import { foldSnapshot } from "../../live/cache";
import { keys } from "../../live/keys";
import type { Conversation } from "../../types/api";

type Snapshot = Parameters<typeof foldSnapshot>[1];

export function putConversation(client: QueryClient, conversation: Conversation, me: string): void {
  const event = {
    type: "conversation.changed",
    id: Number.MAX_SAFE_INTEGER,
    conversation,
  } as const;
  const fold = (queryKey: readonly unknown[]) =>
    client.setQueryData<Snapshot>(queryKey, (old) => old && foldSnapshot(queryKey, old, event, me));
  fold(keys.conversation(conversation.id));
  for (const query of client.getQueryCache().findAll({ queryKey: keys.allConversations }))
    fold(query.queryKey);
}
