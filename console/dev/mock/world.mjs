// The state of the mock: one business in the middle of a working day.
import { seedContacts, seedThreads } from "./seed.mjs";

export const now = () => new Date().toISOString();
export const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
let counter = 0;
export const id = () => `0198a000-0000-7000-8000-${(++counter).toString(16).padStart(12, "0")}`;

const user = (name, email, role, more = {}) => ({
  id: id(),
  name,
  email,
  role,
  active: true,
  invited: false,
  locale: "pt-BR",
  created_at: ago(90_000),
  ...more,
});

const profile = {
  name: "Padaria Aurora",
  assistant_name: "Aurora",
  hours: "Segunda a sábado, das 7h às 20h",
  address: "Rua das Acácias, 120, Centro",
  phone: "+55 11 4002-8922",
  site: "https://aurora.example",
  prices: null,
  delivery: "Entregamos em até 40 minutos no Centro.",
  exchange: null,
  bill: null,
  complaint_channel: null,
};

export const world = {
  latency: 40,
  head: 0,
  log: [],
  logKeeps: 5_000,
  sockets: new Set(),
  sessions: new Map(),
  users: [
    user("Ana Ribeiro", "ana@example.com", "owner"),
    user("Bruno Costa", "bruno@example.com", "agent"),
    user("Carla Nunes", "carla@example.com", "supervisor"),
    user("Diego Alves", "diego@example.com", "agent", { invited: true }),
    user("Elisa Prado", "elisa@example.com", "agent", { active: false }),
  ],
  tenant: {
    id: id(),
    name: "Padaria Aurora",
    locale: "pt-BR",
    timezone: "America/Sao_Paulo",
    profile,
    created_at: ago(90_000),
  },
  channels: [],
  conversations: [],
  messages: new Map(),
  contacts: [],
  fields: [
    { key: "aniversario", label: "Aniversário", type: "date", choices: [] },
    { key: "cliente_desde", label: "Compras", type: "number", choices: [] },
    { key: "preferencia", label: "Preferência", type: "choice", choices: ["Retirada", "Entrega"] },
    { key: "vip", label: "Cliente VIP", type: "boolean", choices: [] },
  ],
  orders: [
    {
      number: "4821",
      status: "A caminho",
      detail: "Saiu para entrega às 14h10.",
      tracking_url: "https://entrega.example/4821",
      updated_at: ago(35),
    },
    {
      number: "4790",
      status: "Entregue",
      detail: "Recebido pela portaria.",
      tracking_url: null,
      updated_at: ago(1_500),
    },
  ],
  tokens: [
    {
      id: id(),
      name: "Loja virtual",
      prefix: "kon_9f2c",
      role: "agent",
      scopes: null,
      expires_at: null,
      last_used_at: ago(12),
      created_at: ago(40_000),
    },
  ],
  presence: new Map(),
  billing: { state: "active", reason: null, plan: "essencial", changed_at: ago(20_000) },
};

const channel = (kind, name, external_id, more = {}) => ({
  id: id(),
  kind,
  name,
  external_id,
  parent_id: "1098",
  state: "connected",
  problem: null,
  bot_enabled: true,
  webhook_url: `https://konectus.example/webhooks/${kind}`,
  last_inbound_at: ago(3),
  created_at: ago(80_000),
  ...more,
});
world.channels.push(
  channel("whatsapp", "Aurora WhatsApp", "106540352242922"),
  channel("instagram", "@padaria.aurora", "17841405309211844"),
  channel("messenger", "Padaria Aurora", "2054881023", {
    state: "needs_attention",
    bot_enabled: false,
    problem: "O token de acesso vence em 3 dias.",
  }),
);

export function sessionOf(request) {
  const cookie = /konectus=([^;]+)/.exec(request.headers.cookie ?? "");
  return world.users.find((person) => person.id === world.sessions.get(cookie?.[1])) ?? null;
}

const limits = (agents, channels, contacts) => [
  { key: "agents", value: agents },
  { key: "channels", value: channels },
  { key: "contacts", value: contacts },
];
const plan = (code, name, minor, ...of) => ({
  id: id(),
  code,
  version: 1,
  name,
  price: { minor, currency: "BRL" },
  limits: limits(...of),
});
export const plans = [
  plan("essencial", "Essencial", 19_900, 4, 3, 1_000),
  plan("equipe", "Equipe", 49_900, 15, 6, 20_000),
  plan("sem-limite", "Sem limite", 149_900, null, null, null),
];

seedContacts(world, { id, ago });
seedThreads(world, { id, ago });
