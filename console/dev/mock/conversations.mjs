// Conversations and messages of the mock, with the same refusals as the real router.

import { broadcast, durable } from "./live.mjs";
import { Refusal } from "./refusal.mjs";
import { blank } from "./seed.mjs";
import { id, now, world } from "./world.mjs";

const person = ({ id: key, name }) => ({ id: key, name });

function find(key) {
  const conversation = world.conversations.find((c) => c.id === key);
  if (!conversation) throw new Refusal(404, "not_found", "no such conversation");
  return conversation;
}

export function belongs(c, filter, me) {
  if (filter === "resolved") return c.state === "resolved";
  if (c.state === "resolved") return false;
  if (filter === "mine") return ["agent", "offered"].includes(c.owner) && c.assignee?.id === me.id;
  if (filter === "queue") return ["queue", "offered"].includes(c.owner);
  return filter === "bot" ? c.owner === "bot" : true;
}

export function list({ query, session }) {
  const filter = query.get("filter") ?? "all";
  const q = (query.get("q") ?? "").toLowerCase();
  const limit = Number(query.get("limit") ?? 50);
  const from = Number(query.get("cursor") || 0);
  const matching = world.conversations
    .filter((c) => belongs(c, filter, session))
    .filter(
      (c) =>
        !q || `${c.contact.name} ${c.contact.phone} ${c.preview?.text}`.toLowerCase().includes(q),
    )
    .sort((a, b) => b.last_at.localeCompare(a.last_at));
  const counts = Object.fromEntries(
    ["mine", "queue", "bot", "all", "resolved"].map((name) => [
      name,
      world.conversations.filter((c) => belongs(c, name, session)).length,
    ]),
  );
  const next = from + limit < matching.length ? String(from + limit) : null;
  return { as_of: world.head, items: matching.slice(from, from + limit), next, counts };
}

export const view = (key) => ({ as_of: world.head, conversation: find(key) });

export function messages(key, query) {
  const all = world.messages.get(find(key).id);
  const end = Number(query.get("before") || all.length);
  const start = Math.max(0, end - Number(query.get("limit") ?? 50));
  return {
    as_of: world.head,
    items: all.slice(start, end),
    next: start > 0 ? String(start) : null,
  };
}

export function add(conversation, more) {
  const all = world.messages.get(conversation.id);
  const message = blank(conversation, { at: now(), seq: all.length + 1, ...more }, { id });
  all.push(message);
  if (message.direction !== "system") {
    conversation.last_at = message.at;
    conversation.preview = {
      text: message.text,
      direction: message.direction,
      kind: message.kind,
      at: message.at,
    };
  }
  durable({ type: "message.created", message: { ...message }, conversation: { ...conversation } });
  return message;
}

export function receive(key, text) {
  const conversation = find(key);
  conversation.unread += 1;
  return add(conversation, { text });
}

export function setStatus(messageId, status) {
  for (const all of world.messages.values()) {
    const message = all.find((m) => m.id === messageId);
    if (!message) continue;
    message.status = status;
    durable({ type: "message.changed", message: { ...message } });
    return message;
  }
}

export function send(key, body, session) {
  const conversation = find(key);
  const known = world.messages.get(key).find((m) => m.client_id === body.client_id);
  if (known) return known;
  if (world.billing.state === "suspended")
    throw new Refusal(402, "subscription_suspended", "suspended");
  if (conversation.owner !== "agent" || conversation.assignee?.id !== session.id) {
    throw new Refusal(409, "not_owner", "somebody else owns this conversation");
  }
  const message = add(conversation, {
    direction: "out",
    origin: "agent",
    author: person(session),
    text: body.text,
    status: "pending",
    client_id: body.client_id,
    reply_to: body.reply_to ?? null,
  });
  ["sent", "delivered", "read"].forEach((status, index) => {
    setTimeout(() => setStatus(message.id, status), 400 * (index + 1));
  });
  return { ...message };
}

export function note(key, body, session) {
  const known = world.messages.get(find(key).id).find((m) => m.client_id === body.client_id);
  return (
    known ??
    add(find(key), {
      direction: "note",
      origin: "agent",
      author: person(session),
      text: body.text,
      status: "sent",
      client_id: body.client_id,
    })
  );
}

const moves = {
  take: (me) => ({ owner: "agent", assignee: me, state: "open", queue: null }),
  accept: (me) => ({ owner: "agent", assignee: me, queue: null }),
  reject: () => ({ owner: "queue", assignee: null }),
  resolve: () => ({ owner: "none", assignee: null, state: "resolved", unread: 0 }),
  return: () => ({ owner: "bot", assignee: null, handoff: null }),
};
const told = {
  take: "taken",
  accept: "accepted",
  reject: "queued",
  resolve: "resolved",
  return: "returned",
};

export function act(key, name, session) {
  const conversation = find(key);
  Object.assign(conversation, moves[name](person(session)), { epoch: conversation.epoch + 1 });
  add(conversation, {
    direction: "system",
    origin: "system",
    kind: told[name],
    author: person(session),
    status: "sent",
  });
  durable({ type: "conversation.changed", conversation: { ...conversation } });
  return view(key);
}

export function read(key) {
  const conversation = find(key);
  conversation.unread = 0;
  durable({ type: "conversation.changed", conversation: { ...conversation } });
}

export function typing(key, session) {
  broadcast({ type: "typing", conversation_id: find(key).id, person: person(session) });
}
