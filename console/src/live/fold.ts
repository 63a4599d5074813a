// Pure reducers: a snapshot and one durable event give the snapshot that the server would now answer.
// An event that the snapshot already contains (id <= as_of) changes nothing.

import { compareTimes } from "../lib/time";
import type {
  Conversation,
  Conversations,
  ConversationView,
  DurableEvent,
  Filter,
  Message,
  Messages,
} from "../types/api";
import { mergeMessage } from "./status";

export interface ListKey {
  filter: Filter;
  q: string;
  me: string;
}

export function belongs(conversation: Conversation, filter: Filter, me: string): boolean {
  if (filter === "resolved") return conversation.state === "resolved";
  if (conversation.state === "resolved") return false;
  if (filter === "mine") return isMine(conversation, me);
  if (filter === "queue") return conversation.owner === "queue" || conversation.owner === "offered";
  if (filter === "bot") return conversation.owner === "bot";
  return true;
}

function isMine(conversation: Conversation, me: string): boolean {
  const held = conversation.owner === "agent" || conversation.owner === "offered";
  return held && conversation.assignee?.id === me;
}

function conversationOf(event: DurableEvent): Conversation | null {
  if (event.type === "message.created" || event.type === "conversation.changed") {
    return event.conversation;
  }
  return null;
}

export function foldView(view: ConversationView, event: DurableEvent): ConversationView {
  const fresh = conversationOf(event);
  if (!fresh || fresh.id !== view.conversation.id || event.id <= view.as_of) return view;
  return { ...view, conversation: fresh };
}

// Pages are bags: `listed` sorts and de-duplicates them for showing.
export function foldList(
  pages: readonly Conversations[],
  event: DurableEvent,
  key: ListKey,
): readonly Conversations[] {
  const fresh = conversationOf(event);
  if (!fresh || pages.length === 0) return pages;
  const stays = belongs(fresh, key.filter, key.me);
  const held = pages.some((page) => page.items.some((item) => item.id === fresh.id));
  const next = pages.map((page) => (event.id > page.as_of ? replaceIn(page, fresh, stays) : page));
  if (held || !stays || key.q !== "" || !isWithin(pages, fresh)) return next;
  return next.map((page, index) =>
    index === 0 && event.id > page.as_of ? { ...page, items: [fresh, ...page.items] } : page,
  );
}

function replaceIn(page: Conversations, fresh: Conversation, stays: boolean): Conversations {
  if (!page.items.some((item) => item.id === fresh.id)) return page;
  const items = stays
    ? page.items.map((item) => (item.id === fresh.id ? fresh : item))
    : page.items.filter((item) => item.id !== fresh.id);
  return { ...page, items };
}

// A conversation older than the loaded tail comes with its own page later.
function isWithin(pages: readonly Conversations[], fresh: Conversation): boolean {
  if (pages.at(-1)?.next === null) return true;
  return pages.some((page) =>
    page.items.some((item) => compareTimes(fresh.last_at, item.last_at) >= 0),
  );
}

export function listed(pages: readonly Conversations[]): Conversation[] {
  const newest = new Map<string, { at: number; item: Conversation }>();
  for (const page of pages) {
    for (const item of page.items) {
      const known = newest.get(item.id);
      if (!known || page.as_of > known.at) newest.set(item.id, { at: page.as_of, item });
    }
  }
  const items = [...newest.values()].map((entry) => entry.item);
  return items.sort((a, b) => compareTimes(b.last_at, a.last_at) || a.id.localeCompare(b.id));
}

// The first page is the newest; within a page the oldest message comes first.
export function foldMessages(
  pages: readonly Messages[],
  event: DurableEvent,
  conversationId: string,
): readonly Messages[] {
  if (event.type !== "message.created" && event.type !== "message.changed") return pages;
  if (event.message.conversation_id !== conversationId) return pages;
  return event.type === "message.created"
    ? addMessage(pages, event.message, event.id)
    : changeMessage(pages, event.message, event.id);
}

export function addMessage(
  pages: readonly Messages[],
  message: Message,
  id = Number.POSITIVE_INFINITY,
): readonly Messages[] {
  if (holds(pages, message.id)) return changeMessage(pages, message, id);
  return pages.map((page, index) =>
    index === 0 && id > page.as_of ? { ...page, items: [...page.items, message] } : page,
  );
}

function changeMessage(
  pages: readonly Messages[],
  fresh: Message,
  id: number,
): readonly Messages[] {
  if (!holds(pages, fresh.id)) return pages;
  return pages.map((page) => {
    if (id <= page.as_of) return page;
    return {
      ...page,
      items: page.items.map((m) => (m.id === fresh.id ? mergeMessage(m, fresh) : m)),
    };
  });
}

const holds = (pages: readonly Messages[], id: string) =>
  pages.some((page) => page.items.some((item) => item.id === id));

export function threaded(pages: readonly Messages[]): Message[] {
  const byId = new Map<string, Message>();
  for (const page of pages) {
    for (const message of page.items) {
      const known = byId.get(message.id);
      byId.set(message.id, known ? mergeMessage(known, message) : message);
    }
  }
  return [...byId.values()].sort((a, b) => compareTimes(a.at, b.at) || a.seq - b.seq);
}
