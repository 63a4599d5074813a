// Messenger and Instagram message objects → bubble content.

import { mediaUrl } from "./api.js";
import { card, choice, linkChoice, media, text } from "./bubbles.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

export function pageContent(message, tools) {
  const sent = message.body.message ?? {};
  const content = [];
  const choices = [];
  if (sent.text) content.push(text(sent.text));
  for (const attachment of sent.attachments ?? (sent.attachment ? [sent.attachment] : [])) {
    const shown = attached(attachment, tools);
    content.push(...shown.content);
    choices.push(...shown.choices);
  }
  if (sent.template) content.push(text(`${t("template")}: ${sent.template.name}`));
  if (sent.quick_replies) choices.push(quickReplies(message, sent.quick_replies, tools));
  return { content, choices };
}

/** They vanish as soon as the customer writes anything. */
function quickReplies(message, replies, { press, answered }) {
  if (answered(message)) return null;
  return h("div", { class: "chips" }, replies.map((reply) =>
    choice(reply.title ?? t("contact"), { quick_reply: { title: reply.title, payload: reply.payload } }, press,
      { class: "choice chip", "data-payload": reply.payload })));
}

function attached({ type, payload = {} }, tools) {
  if (type === "template") return template(payload, tools);
  if (type === "like_heart") return { content: [h("p", { class: "heart" }, "❤️")], choices: [] };
  if (["image", "audio", "video", "file"].includes(type)) {
    const url = payload.attachment_id ? mediaUrl(payload.attachment_id) : String(payload.url ?? "");
    const name = payload.attachment_id ? "" : decodeURIComponent(url.split(/[?#]/)[0].split("/").pop() || "");
    return { content: media(type === "file" ? "document" : type, url, "", name), choices: [] };
  }
  return { content: [card("link", t("unsupported"))], choices: [] };
}

function template(payload, tools) {
  if (payload.template_type === "button") {
    return { content: [text(payload.text)], choices: payload.buttons.map((b) => button(b, tools)) };
  }
  if (payload.template_type === "generic") {
    return { content: [h("div", { class: "cards", role: "group", tabindex: "0", "aria-label": t("choose") },
      payload.elements.map((element) => cardOf(element, tools)))], choices: [] };
  }
  if (payload.template_type === "media") {
    const [element] = payload.elements;
    const url = element.attachment_id ? mediaUrl(element.attachment_id) : String(element.url ?? "");
    return { content: media(element.media_type, url), choices: (element.buttons ?? []).map((b) => button(b, tools)) };
  }
  if (payload.template_type === "receipt") {
    const total = `${t("total")}: ${payload.summary?.total_cost ?? ""} ${payload.currency ?? ""}`;
    return { content: [card("list", `${t("receipt")} ${payload.order_number}`, total)], choices: [] };
  }
  return { content: [text(t("unsupported"))], choices: [] };
}

function cardOf(element, tools) {
  return h("div", { class: "element" },
    element.image_url ? media("image", element.image_url, "")[0] : null,
    h("b", {}, element.title),
    element.subtitle ? h("small", {}, element.subtitle) : null,
    (element.buttons ?? []).map((b) => button(b, tools)));
}

function button(value, { press }) {
  if (value.type === "web_url") return linkChoice(value.title, value.url);
  if (value.type === "phone_number") return linkChoice(value.title, `tel:${value.payload}`);
  const payload = value.payload ?? "";
  return choice(value.title ?? t("contact"), { postback: { title: value.title ?? "", payload } }, press,
    { "data-payload": payload });
}
