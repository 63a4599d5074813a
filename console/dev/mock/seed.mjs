// Contacts and threads that show every state the console can draw.
import { rich, short } from "./script.mjs";

const names = [
  "Mariana Duarte",
  "João Pedro Lima",
  "Beatriz Fonseca",
  "Rafael Moura",
  "Lívia Santana",
  "Otávio Reis",
  "Helena Castro",
  "Caio Barreto",
  "Sofía Hernández",
  "Emma Collins",
  "Pedro Henrique Vasconcelos de Albuquerque",
  "Yasmin Freitas",
];

export function seedContacts(world, { id, ago }) {
  names.forEach((name, index) => {
    const kind = ["whatsapp", "instagram", "whatsapp", "messenger"][index % 4];
    const channel = world.channels.find((c) => c.kind === kind);
    world.contacts.push({
      id: id(),
      name: index === 7 ? null : name,
      phone: kind === "whatsapp" || index === 7 ? `55119${80000000 + index * 1357}` : null,
      email: index % 3 === 0 ? `${name.split(" ")[0].toLowerCase()}@example.com` : null,
      language: "pt",
      tags: index % 2 ? [] : ["cliente fiel", "centro"].slice(0, 1 + (index % 4) / 2),
      fields: { preferencia: "Entrega", vip: index === 0, cliente_desde: 12 + index },
      identities: [
        {
          id: id(),
          channel: kind,
          channel_id: channel.id,
          user: `BR.${91000 + index}`,
          name,
          username: kind === "instagram" ? name.split(" ")[0].toLowerCase() : null,
        },
      ],
      consents: [
        {
          purpose: "marketing",
          state: index === 2 ? "out" : "in",
          source: "palavra do cliente",
          at: ago(9_000),
        },
      ],
      notes:
        index === 0
          ? [
              {
                id: id(),
                text: "Prefere pão *sem glúten*.",
                author_name: "Carla Nunes",
                at: ago(4_000),
              },
            ]
          : [],
      created_at: ago(50_000 - index * 900),
    });
  });
}

export function blank(conversation, more, { id }) {
  return {
    id: id(),
    conversation_id: conversation.id,
    direction: "in",
    origin: "customer",
    author: null,
    kind: "text",
    text: "",
    attachments: [],
    buttons: [],
    location: null,
    reply_to: null,
    reaction: null,
    status: "received",
    failure: null,
    client_id: null,
    bot: null,
    deleted: false,
    edited: false,
    seq: 0,
    ...more,
  };
}
export function seedThreads(world, tools) {
  const [ana, bruno, carla] = world.users.map(({ id, name }) => ({ id, name }));
  const kinds = [
    ["agent", ana],
    ["queue", null],
    ["offered", ana],
    ["bot", null],
    ["agent", bruno],
    ["bot", null],
    ["queue", null],
    ["bot", null],
    ["agent", ana],
    ["none", null],
    ["bot", null],
    ["agent", ana],
  ];
  world.contacts.forEach((contact, index) => {
    const [owner, assignee] = kinds[index];
    const { channel, channel_id } = contact.identities[0];
    const conversation = {
      id: tools.id(),
      channel,
      channel_id,
      channel_name: world.channels.find((c) => c.id === channel_id).name,
      contact: { id: contact.id, name: contact.name, phone: contact.phone },
      owner,
      assignee,
      queue: owner === "queue" ? "Atendimento" : null,
      state: index === 9 ? "resolved" : "open",
      unread: [1, 3, 2, 0, 0, 1, 5, 0, 0, 0, 0, 0][index],
      preview: null,
      last_at: tools.ago(4 + index * index * 9),
      window_closes_at:
        index === 8
          ? null
          : new Date(Date.now() + (index === 11 ? 95 : 20 * 60) * 60_000).toISOString(),
      handoff: [0, 1, 2, 6].includes(index) ? handoff(index, tools) : null,
      epoch: 1,
    };
    const script = index === 0 ? rich(ana, carla) : short(index, owner, assignee);
    const messages = [];
    for (const { minutes, reply, ...line } of script) {
      const message = blank(conversation, { ...line, at: tools.ago(minutes) }, tools);
      message.seq = messages.length + 1;
      if (reply !== undefined) message.reply_to = messages[reply].id;
      messages.push(message);
    }
    const last = messages.findLast((m) => m.direction !== "system");
    conversation.preview = {
      text: last.text,
      direction: last.direction,
      kind: last.kind,
      at: last.at,
    };
    conversation.last_at = last.at;
    world.messages.set(conversation.id, messages);
    world.conversations.push(conversation);
  });
}

const handoff = (index, { ago }) => ({
  reason: ["complaint", "asked", "fallback", "", "", "", "error"][index],
  at: ago(41),
  summary:
    "Cliente diz que o pedido 4821 passou do prazo de entrega. Já recebeu a situação “A caminho” e quer uma previsão.",
  intents: ["order_status", "complaint"],
  slots: { order_number: "4821" },
  language: "pt",
});
