// Values for tests: whole wire objects with only the interesting parts named.
import type { Conversation, Conversations, DurableEvent, Message, Messages } from "../types/api";

export function makeConversation(more: Partial<Conversation> = {}): Conversation {
  return {
    id: "c1",
    channel: "whatsapp",
    channel_id: "ch1",
    channel_name: "Loja",
    contact: { id: "p1", name: "Mariana", phone: null },
    owner: "bot",
    assignee: null,
    queue: null,
    state: "open",
    unread: 0,
    preview: null,
    last_at: "2026-11-24T12:00:00Z",
    window_closes_at: null,
    handoff: null,
    epoch: 1,
    ...more,
  };
}

export function makeMessage(more: Partial<Message> = {}): Message {
  return {
    id: "m1",
    conversation_id: "c1",
    direction: "out",
    origin: "agent",
    author: null,
    kind: "text",
    text: "oi",
    attachments: [],
    buttons: [],
    location: null,
    reply_to: null,
    reaction: null,
    status: "sent",
    failure: null,
    client_id: null,
    bot: null,
    deleted: false,
    edited: false,
    at: "2026-11-24T12:00:00Z",
    seq: 1,
    ...more,
  };
}

export function listPage(
  as_of: number,
  items: Conversation[],
  next: string | null = null,
): Conversations {
  return { as_of, items, next, counts: {} };
}

export function messagePage(as_of: number, items: Message[], next: string | null = null): Messages {
  return { as_of, items, next };
}

export function created(
  id: number,
  message: Message,
  conversation = makeConversation(),
): DurableEvent {
  return { type: "message.created", id, message, conversation };
}

export function changed(id: number, message: Message): DurableEvent {
  return { type: "message.changed", id, message };
}

export function moved(id: number, conversation: Conversation): DurableEvent {
  return { type: "conversation.changed", id, conversation };
}
