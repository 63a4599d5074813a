// What is said in the seeded threads: one rich one, and short ones.
const bot = (text, minutes, more = {}) => ({
  direction: "out",
  origin: "bot",
  text,
  minutes,
  status: "read",
  bot: { intent: "order_status", confidence: 0.94 },
  ...more,
});
const said = (text, minutes, more = {}) => ({ text, minutes, ...more });
const system = (kind, minutes, more = {}) => ({
  direction: "system",
  origin: "system",
  kind,
  minutes,
  ...more,
});

export function rich(ana, carla) {
  const by = (text, minutes, status, more = {}) => ({
    direction: "out",
    origin: "agent",
    author: ana,
    text,
    minutes,
    status,
    ...more,
  });
  return [
    said("Oi, boa tarde!", 1_502),
    bot("Olá! Sou a Aurora, assistente da padaria. Como posso ajudar?", 1_501, {
      bot: { intent: "greet", confidence: 0.99 },
      buttons: [
        { title: "Meu pedido", payload: "/order_status" },
        { title: "Horário", payload: "/ask_hours" },
        { title: "Falar com alguém", payload: "/ask_human" },
      ],
    }),
    said("Meu pedido", 1_500, { kind: "button" }),
    bot("O pedido *4790* foi entregue. Recebido pela portaria.", 1_499),
    said("Meu pedido 4821 ainda não chegou, já passou de uma hora 😕", 42),
    bot("Sinto muito pela demora. Vou chamar uma pessoa da equipe.", 41, {
      bot: { intent: "complaint", confidence: 0.87 },
      status: "delivered",
    }),
    system("handoff", 41),
    system("taken", 30, { author: ana }),
    by("Oi, Mariana! Aqui é a Ana. Estou vendo com o entregador agora.", 29, "read"),
    by(
      "Ele está na sua rua, chega em *5 minutos*. Acompanhe em https://entrega.example/4821.",
      28,
      "delivered",
      { reaction: "❤️" },
    ),
    {
      direction: "note",
      origin: "agent",
      author: carla,
      text: "Já é a segunda demora este mês: vamos mandar um café de cortesia.",
      minutes: 25,
      status: "sent",
    },
    said("", 12, {
      kind: "image",
      attachments: [
        {
          kind: "image",
          url: "/icon.svg",
          mime_type: "image/svg+xml",
          filename: "foto-da-porta.svg",
        },
      ],
    }),
    said("Essa é a porta, pode deixar aqui", 11, { edited: true }),
    by("Combinado, ele deixa na porta.", 10, "failed", {
      failure: { code: "131047", reason: "window", detail: "Re-engagement message" },
    }),
    by("Pronto, avisei.", 9, "sent"),
    said("mensagem", 8, { deleted: true }),
    said("Obrigada!! Vocês são ótimos", 4, { reply: 9 }),
  ];
}

export function short(index, owner, author) {
  const base = 5 + index * index * 9;
  const lines = [
    said(
      [
        "Vocês abrem domingo?",
        "Quero falar com uma pessoa",
        "¿Hacen envíos a Santos?",
        "Do you have gluten free bread?",
      ][index % 4],
      base + 3,
    ),
    bot("Abrimos de segunda a sábado, das 7h às 20h.", base + 2, {
      bot: { intent: "ask_hours", confidence: 0.91 },
    }),
  ];
  if (owner === "agent")
    lines.push({
      direction: "out",
      origin: "agent",
      author,
      text: "Oi! Posso ajudar em algo mais?",
      minutes: base + 1,
      status: "delivered",
    });
  if (owner !== "bot") lines.push(said("Fico no aguardo, obrigado", base));
  return lines;
}
