// Arranges a thread for reading: day separators, groups of one sender, unconfirmed rows last.
import { dayOf } from "../../../lib/time";
import type { Message } from "../../../types/api";
import type { Entry } from "../outbox/entry";

// `entry`: not confirmed by the server yet; its id is the client id.
export type Shown = Message & { entry?: Entry };

export type Block =
  | { kind: "day"; key: string; at: string }
  | { kind: "system"; key: string; message: Shown }
  | { kind: "group"; key: string; messages: Shown[] };

const TOGETHER_MS = 3 * 60_000;

export function shownOf(entry: Entry, author: { id: string; name: string }): Shown {
  const failed = entry.state === "failed";
  return {
    id: entry.client_id,
    conversation_id: entry.conversation_id,
    direction: entry.kind === "note" ? "note" : "out",
    origin: "agent",
    author,
    kind: "text",
    text: entry.text,
    attachments: [],
    buttons: [],
    location: null,
    reply_to: entry.reply_to,
    reaction: null,
    status: failed ? "failed" : "pending",
    failure: failed
      ? { code: "", reason: entry.problem?.code ?? "other", detail: entry.problem?.message ?? "" }
      : null,
    client_id: entry.client_id,
    bot: null,
    deleted: false,
    edited: false,
    at: entry.at,
    seq: Number.MAX_SAFE_INTEGER,
    entry,
  };
}

// An entry whose message has arrived by echo is already in the thread.
export function withEntries(
  messages: readonly Message[],
  entries: readonly Entry[],
  author: { id: string; name: string },
): Shown[] {
  const arrived = new Set(messages.map((message) => message.client_id));
  const waiting = entries.filter((entry) => !arrived.has(entry.client_id));
  return [...messages, ...waiting.map((entry) => shownOf(entry, author))];
}

export function blocksOf(messages: readonly Shown[], zone?: string): Block[] {
  const blocks: Block[] = [];
  let day = "";
  for (const message of messages) {
    const today = dayOf(message.at, zone);
    if (today !== day) {
      blocks.push({ kind: "day", key: `day-${today}-${blocks.length}`, at: message.at });
      day = today;
    }
    const last = blocks.at(-1);
    if (message.direction === "system")
      blocks.push({ kind: "system", key: keyOf(message), message });
    else if (last?.kind === "group" && joins(last.messages, message)) last.messages.push(message);
    else blocks.push({ kind: "group", key: keyOf(message), messages: [message] });
  }
  return blocks;
}

// Optimistic row and its confirmed message are the same row to React.
export function keyOf(message: Shown): string {
  return message.client_id ?? message.id;
}

function joins(group: readonly Shown[], message: Shown): boolean {
  const last = group.at(-1);
  if (!last) return false;
  const sameSender =
    last.direction === message.direction &&
    last.origin === message.origin &&
    last.author?.id === message.author?.id;
  return sameSender && Date.parse(message.at) - Date.parse(last.at) < TOGETHER_MS;
}
