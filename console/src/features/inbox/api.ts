// Reading conversations and messages, and the acts on them.
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { get, post, put } from "../../lib/http";
import { toastProblem } from "../../lib/problem";
import { useMe } from "../../lib/session";
import { keys } from "../../live/keys";
import type {
  Conversation,
  Conversations,
  ConversationView,
  Filter,
  Messages,
  Presence,
  PresenceState,
  Queues,
} from "../../types/api";
import { putConversation } from "./put-conversation";
import { offerUndo } from "./undo";

export const listQuery = (filter: Filter, q: string) =>
  infiniteQueryOptions({
    queryKey: keys.conversations(filter, q),
    queryFn: ({ pageParam }) =>
      get<Conversations>("/api/conversations", { filter, q, cursor: pageParam, limit: 50 }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });

// Counts of the open conversations per filter. The list's own answer is not used: the live log
// moves rows between filters, and only the server knows the rows that are not loaded.
export const countsQuery = queryOptions({
  queryKey: keys.counts,
  queryFn: async () =>
    (await get<Conversations>("/api/conversations", { filter: "all", limit: 1 })).counts,
});

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: () => get<ConversationView>(`/api/conversations/${id}`),
  });

export const messagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.messages(id),
    queryFn: ({ pageParam }) =>
      get<Messages>(`/api/conversations/${id}/messages`, { before: pageParam, limit: 50 }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });

export const queuesQuery = queryOptions({
  queryKey: keys.queues,
  queryFn: () => get<Queues>("/api/queues"),
});

export const presenceQuery = queryOptions({
  queryKey: keys.presence,
  queryFn: () => get<Presence>("/api/presence"),
});

export function useSetPresence() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (state: PresenceState) => put<Presence>("/api/presence", { state }),
    onMutate: (state) => {
      const before = client.getQueryData<Presence>(keys.presence);
      if (before) client.setQueryData(keys.presence, { ...before, state });
      return before;
    },
    onSuccess: (presence) => client.setQueryData(keys.presence, presence),
    onError: (error, _state, before) => {
      client.setQueryData(keys.presence, before);
      toastProblem(error);
    },
  });
}

export type Act = "take" | "accept" | "reject" | "resolve" | "return";

// What the conversation will look like, shown at once; the live log or the re-read corrects it.
function foreseen(
  conversation: Conversation,
  act: Act,
  me: { id: string; name: string },
): Conversation {
  switch (act) {
    case "take":
    case "accept":
      return { ...conversation, owner: "agent", assignee: me, state: "open", queue: null };
    case "reject":
      return { ...conversation, owner: "queue", assignee: null };
    case "resolve":
      return { ...conversation, owner: "none", assignee: null, state: "resolved", unread: 0 };
    case "return":
      return { ...conversation, owner: "bot", assignee: null, queue: null, handoff: null };
  }
}

export function useAct(conversation: Conversation | undefined) {
  const client = useQueryClient();
  const { user } = useMe();
  const me = { id: user.id, name: user.name };
  return useMutation({
    mutationFn: (act: Act) =>
      post<ConversationView>(
        `/api/conversations/${conversation?.id}/${act}`,
        act === "resolve" ? { reason: "" } : undefined,
      ),
    onMutate: (act) => {
      if (conversation) putConversation(client, foreseen(conversation, act, me), me.id);
    },
    onSuccess: (_view, act) => {
      if (act === "resolve" && conversation)
        offerUndo(() => post(`/api/conversations/${conversation.id}/take`));
    },
    onError: (error) => {
      if (conversation) putConversation(client, conversation, me.id);
      void client.invalidateQueries({ queryKey: keys.allConversations });
      toastProblem(error);
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.conversation(conversation?.id ?? "") });
      void client.invalidateQueries({ queryKey: keys.counts });
    },
  });
}

export function useMarkRead(conversation: Conversation | undefined) {
  const client = useQueryClient();
  const { user } = useMe();
  return useMutation({
    mutationFn: () => post<void>(`/api/conversations/${conversation?.id}/read`),
    onMutate: () => {
      if (conversation) putConversation(client, { ...conversation, unread: 0 }, user.id);
    },
  });
}
