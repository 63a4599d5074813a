// WhatsApp message objects → bubble content.

import { mediaUrl } from "./api.js";
import { card, choice, linkChoice, media, place, text } from "./bubbles.js";
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

const KINDS = ["image", "video", "audio", "document", "sticker"];
const source = (value) => (value.id ? mediaUrl(value.id) : String(value.link ?? ""));

export function whatsappContent(message, tools) {
  const { body } = message;
  const kind = body.type ?? "text";
  if (kind === "reaction") return null;
  if (kind === "text") return { content: [text(body.text.body, true)] };
  if (KINDS.includes(kind)) {
    const value = body[kind];
    return { content: media(kind, source(value), value.caption, value.filename, true) };
  }
  if (kind === "location") return { content: [place(body.location)] };
  if (kind === "contacts") return { content: body.contacts.map((c) => card("person", c.name.formatted_name)) };
  if (kind === "interactive") return interactive(message, body.interactive, tools);
  if (kind === "template") return template(message, tools);
  return { content: [h("p", { class: "text faint" }, t("unsupported"))] };
}

function interactive(message, shown, tools) {
  const content = [
    header(shown.header),
    shown.body ? text(shown.body.text, true) : null,
    shown.footer ? h("p", { class: "text faint small" }, shown.footer.text) : null,
  ];
  const make = CHOICES[shown.type];
  return { content, choices: make ? make(message, shown.action, tools) : [] };
}

function header(value) {
  if (!value) return null;
  if (value.type === "text") return h("p", { class: "text strong" }, value.text);
  return media(value.type, source(value[value.type]), "", value[value.type].filename);
}

const CHOICES = {
  button: (message, action, { press, used }) =>
    action.buttons.map(({ reply }) =>
      choice(reply.title, { button: reply, reply_to: message.message_id }, press, {
        "data-payload": reply.id, disabled: used(message.message_id),
      })),
  list: (message, action, { openList }) => [
    h("button", {
      type: "button", class: "choice", "data-testid": "phone-choice", "aria-haspopup": "dialog",
      onclick: (event) => openList(message, action, event.currentTarget),
    }, icon("list"), h("span", {}, action.button)),
  ],
  cta_url: (message, action) => [linkChoice(action.parameters.display_text, action.parameters.url)],
  location_request_message: (message, action, { press }) => [
    choice(t("sendLocation"), { location: samplePlace(), reply_to: message.message_id }, press),
  ],
  request_contact_info: (message, action, { press, self }) => [
    choice(t("sendContact"), { contacts: [selfContact(self())], reply_to: message.message_id }, press),
  ],
  flow: (message, action, { press }) => [
    choice(action.parameters?.flow_cta ?? t("form"),
      { flow: { flow_token: action.parameters?.flow_token ?? "" }, reply_to: message.message_id }, press),
  ],
};

export const samplePlace = () => ({ latitude: -23.5614, longitude: -46.6559, name: t("place") });

function selfContact({ name, user }) {
  return { name: { formatted_name: name, first_name: name }, phones: [{ phone: `+${user}`, wa_id: user, type: "CELL" }],
    origin: "contact_request" };
}

function template(message, { press }) {
  const sent = message.body.template;
  const known = message.template;
  if (!known) return { content: [text(`${t("template")}: ${sent.name}`)] };
  const headers = known.components.filter((c) => c.type.toUpperCase() === "HEADER");
  const footers = known.components.filter((c) => c.type.toUpperCase() === "FOOTER");
  const buttons = known.components.find((c) => c.type.toUpperCase() === "BUTTONS")?.buttons ?? [];
  const content = [
    headers.map((c) => (c.text ? h("p", { class: "text strong" }, c.text) : null)),
    text(known.text, true),
    footers.map((c) => (c.text ? h("p", { class: "text faint small" }, c.text) : null)),
  ];
  return { content, choices: buttons.map((button, index) => templateButton(message, sent, button, index, press)) };
}

function templateButton(message, sent, button, index, press) {
  const given = (sent.components ?? []).find((c) => c.type?.toLowerCase() === "button" && String(c.index) === String(index));
  const parameter = given?.parameters?.[0];
  if (button.type === "URL") return linkChoice(button.text, button.url.replace(/\{\{\w+\}\}/, parameter?.text ?? ""));
  if (button.type === "PHONE_NUMBER") return linkChoice(button.text, `tel:${button.phone_number ?? ""}`);
  const payload = parameter?.payload ?? button.text;
  return choice(button.text, { template_button: { payload, text: button.text }, reply_to: message.message_id }, press,
    { "data-payload": payload });
}
