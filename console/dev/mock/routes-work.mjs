// Routes of the mock for the daily work: conversations, presence, contacts, orders.
import { act, list, messages, note, read, send, typing, view } from "./conversations.mjs";
import { durable } from "./live.mjs";
import { Refusal } from "./refusal.mjs";
import { ago, id, now, world } from "./world.mjs";

const presence = (user) =>
  world.presence.get(user.id) ?? { state: "ready", capacity: 6, active: 3, since: ago(50) };

function contact(key) {
  const found = world.contacts.find((c) => c.id === key);
  if (!found) throw new Refusal(404, "not_found", "no such contact");
  return found;
}

function changed(found) {
  durable({ type: "contact.changed", contact_id: found.id });
  return found;
}

export const work = [
  ["GET", /^\/api\/conversations$/, (c) => list(c)],
  ["GET", /^\/api\/conversations\/([^/]+)$/, (c) => view(c.key)],
  ["GET", /^\/api\/conversations\/([^/]+)\/messages$/, (c) => messages(c.key, c.query)],
  [
    "POST",
    /^\/api\/conversations\/([^/]+)\/messages$/,
    (c) => ({ status: 201, body: send(c.key, c.body, c.session) }),
  ],
  [
    "POST",
    /^\/api\/conversations\/([^/]+)\/notes$/,
    (c) => ({ status: 201, body: note(c.key, c.body, c.session) }),
  ],
  [
    "POST",
    /^\/api\/conversations\/([^/]+)\/(take|accept|reject|resolve|return)$/,
    (c) => act(c.key, c.more, c.session),
  ],
  ["POST", /^\/api\/conversations\/([^/]+)\/read$/, (c) => read(c.key)],
  ["POST", /^\/api\/conversations\/([^/]+)\/typing$/, (c) => typing(c.key, c.session)],
  ["GET", /^\/api\/presence$/, (c) => presence(c.session)],
  [
    "PUT",
    /^\/api\/presence$/,
    (c) => {
      world.presence.set(c.session.id, { ...presence(c.session), ...c.body, since: now() });
      return presence(c.session);
    },
  ],
  [
    "GET",
    /^\/api\/queues$/,
    () => ({ items: [{ id: id(), name: "Atendimento", waiting: 3, ready_agents: 2 }] }),
  ],
  [
    "GET",
    /^\/api\/contacts$/,
    (c) => {
      const q = (c.query.get("q") ?? "").toLowerCase();
      const items = world.contacts.filter((x) =>
        `${x.name} ${x.phone} ${x.email}`.toLowerCase().includes(q),
      );
      return {
        items: items.map((x) => ({ ...x, channels: x.identities.map((i) => i.channel) })),
        next: null,
      };
    },
  ],
  ["GET", /^\/api\/contacts\/([^/]+)$/, (c) => contact(c.key)],
  [
    "PATCH",
    /^\/api\/contacts\/([^/]+)$/,
    (c) => {
      const found = contact(c.key);
      return changed(
        Object.assign(found, c.body, { fields: { ...found.fields, ...c.body.fields } }),
      );
    },
  ],
  [
    "POST",
    /^\/api\/contacts\/([^/]+)\/notes$/,
    (c) => {
      const made = { id: id(), text: c.body.text, author_name: c.session.name, at: now() };
      contact(c.key).notes.unshift(made);
      return { status: 201, body: made };
    },
  ],
  [
    "POST",
    /^\/api\/contacts\/([^/]+)\/consents$/,
    (c) => {
      const found = contact(c.key);
      found.consents = [
        ...found.consents.filter((x) => x.purpose !== c.body.purpose),
        { ...c.body, at: now() },
      ];
      return { status: 201, body: changed(found) };
    },
  ],
  ["GET", /^\/api\/contact-fields$/, () => ({ items: world.fields })],
  [
    "PUT",
    /^\/api\/contact-fields$/,
    (c) => {
      world.fields = [...world.fields.filter((f) => f.key !== c.body.key), c.body];
      return c.body;
    },
  ],
  ["GET", /^\/api\/orders$/, () => ({ items: world.orders })],
  [
    "PUT",
    /^\/api\/orders\/(.+)$/,
    (c) => {
      const order = {
        number: decodeURIComponent(c.key),
        updated_at: now(),
        detail: "",
        tracking_url: null,
        ...c.body,
      };
      world.orders = [order, ...world.orders.filter((o) => o.number !== order.number)];
      return order;
    },
  ],
];
