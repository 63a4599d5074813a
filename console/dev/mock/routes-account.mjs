// Routes of the mock for people, channels, tokens and the plan.
import { Refusal } from "./refusal.mjs";
import { ago, id, now, plans, world } from "./world.mjs";

const me = (user) => ({ user, tenant: world.tenant });

function enter(user, headers) {
  const key = crypto.randomUUID();
  world.sessions.set(key, user.id);
  headers["set-cookie"] = `konectus=${key}; Path=/; HttpOnly; SameSite=Lax`;
  return me(user);
}

function login({ email }, headers) {
  const user = world.users.find((u) => u.email === email && u.active);
  if (!user) throw new Refusal(401, "unauthenticated", "wrong e-mail or password");
  return enter(user, headers);
}

function overview() {
  const plan = plans.find((p) => p.code === world.billing.plan);
  const used = {
    agents: world.users.filter((u) => u.active).length,
    channels: world.channels.length,
    contacts: world.contacts.length,
  };
  return {
    subscription: { ...world.billing, plan, period_start: ago(20_000), period_end: ago(-23_000) },
    usage: plan.limits.map(({ key, value }) => ({ key, used: used[key], limit: value })),
  };
}

function within(key) {
  const { used, limit } = overview().usage.find((u) => u.key === key);
  if (limit !== null && used >= limit)
    throw new Refusal(402, "plan_limit", "plan limit", { params: { key, limit } });
}

const patch = (items, key, body) =>
  Object.assign(
    items.find((item) => item.id === key),
    body,
  );

export const open = [
  ["POST", /^\/api\/auth\/login$/, (c) => login(c.body, c.headers)],
  [
    "POST",
    /^\/api\/auth\/signup$/,
    (c) => ({ status: 201, body: enter(world.users[0], c.headers) }),
  ],
  ["POST", /^\/api\/auth\/accept$/, (c) => enter(world.users[1], c.headers)],
  [
    "GET",
    /^\/api\/terms$/,
    () => ({
      version: "2026-11-01",
      texts: {
        "pt-BR":
          "1. O serviço liga sua empresa aos seus clientes.\n2. Seus dados são seus.\n".repeat(6),
        es: "1. El servicio…",
        en: "1. The service…",
      },
    }),
  ],
];

export const account = [
  [
    "POST",
    /^\/api\/auth\/logout$/,
    (c) => void world.sessions.delete(/konectus=([^;]+)/.exec(c.request.headers.cookie)[1]),
  ],
  ["GET", /^\/api\/auth\/me$/, (c) => me(c.session)],
  ["GET", /^\/api\/tenant$/, () => world.tenant],
  ["PATCH", /^\/api\/tenant$/, (c) => Object.assign(world.tenant, c.body)],
  ["GET", /^\/api\/users$/, () => ({ items: world.users })],
  [
    "POST",
    /^\/api\/users$/,
    (c) => {
      within("agents");
      const user = { ...world.users[1], ...c.body, id: id(), invited: true, created_at: now() };
      world.users.push(user);
      return {
        status: 201,
        body: { user, invite_url: `https://konectus.example/invite?token=${crypto.randomUUID()}` },
      };
    },
  ],
  ["PATCH", /^\/api\/users\/(.+)$/, (c) => patch(world.users, c.key, c.body)],
  ["GET", /^\/api\/tokens$/, () => ({ items: world.tokens })],
  [
    "POST",
    /^\/api\/tokens$/,
    (c) => {
      const token = {
        id: id(),
        prefix: "kon_51ab",
        scopes: null,
        last_used_at: null,
        created_at: now(),
        expires_at: null,
        ...c.body,
      };
      world.tokens.push(token);
      return { status: 201, body: { token, secret: `kon_51ab_${crypto.randomUUID()}` } };
    },
  ],
  [
    "DELETE",
    /^\/api\/tokens\/(.+)$/,
    (c) => {
      world.tokens = world.tokens.filter((t) => t.id !== c.key);
    },
  ],
  ["GET", /^\/api\/channels$/, () => ({ items: world.channels })],
  [
    "POST",
    /^\/api\/channels$/,
    (c) => {
      within("channels");
      const { access_token: _, ...rest } = c.body;
      const made = {
        ...world.channels[0],
        ...rest,
        id: id(),
        name: c.body.name ?? "Novo canal",
        created_at: now(),
        last_inbound_at: null,
      };
      world.channels.push(made);
      return { status: 201, body: made };
    },
  ],
  ["PATCH", /^\/api\/channels\/(.+)$/, (c) => patch(world.channels, c.key, c.body)],
  [
    "DELETE",
    /^\/api\/channels\/(.+)$/,
    (c) => {
      world.channels = world.channels.filter((x) => x.id !== c.key);
    },
  ],
  ["GET", /^\/api\/billing$/, () => overview()],
  ["GET", /^\/api\/billing\/plans$/, () => ({ items: plans })],
  [
    "POST",
    /^\/api\/billing\/plan$/,
    (c) => {
      world.billing.plan = plans.find((p) => p.id === c.body.plan_id).code;
      return overview();
    },
  ],
];
