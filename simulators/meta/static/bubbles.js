// One message as the phone shows it. `press(act, label)` is what a tapped choice makes the customer do.

import { mediaUrl } from "./api.js";
import { anchor, formatted, h, icon } from "./dom.js";
import { t, time } from "./i18n.js";
import { pageContent } from "./bubbles_page.js";
import { whatsappContent } from "./bubbles_whatsapp.js";

/** {content: nodes in the bubble, choices: nodes below it}; null: not shown as a bubble. */
export function parts(message, channel, tools) {
  if (message.from === "customer") return { content: ownContent(message.body, channel), choices: [] };
  return channel === "whatsapp" ? whatsappContent(message, tools) : pageContent(message, tools);
}

export function bubble(message, channel, tools) {
  const shown = parts(message, channel, tools);
  if (!shown || message.status === "failed") return null;
  const who = message.from === "customer" ? t("you") : t("business");
  const reactions = Object.values(message.reactions ?? {});
  return h("div", {
      class: `message ${message.direction}${shown.choices?.length ? " offer" : ""}`, "data-testid": "phone-message", "data-direction": message.direction,
      "data-status": message.status, "data-id": message.message_id, "data-seq": message.seq,
    },
    h("div", { class: "bubble" },
      h("span", { class: "sr" }, `${who}: `),
      shown.content,
      h("span", { class: "meta" },
        message.body.edits ? `${t("edited")} · ` : null,
        h("time", { datetime: message.at }, time(message.at)))),
    reactions.length ? h("div", { class: "reactions" }, reactions.join(" ")) : null,
    shown.choices?.length ? h("div", { class: "choices" }, shown.choices) : null);
}

export const text = (value, rich = false) => h("p", { class: "text" }, formatted(String(value ?? ""), rich));

export function choice(label, act, press, extra = {}) {
  return h("button", {
    type: "button", class: "choice", "data-testid": "phone-choice", onclick: () => press(act, label), ...extra,
  }, label);
}

export function linkChoice(label, url) {
  const link = anchor(url, icon("link"), h("span", {}, label));
  link.classList.add("choice");
  link.setAttribute("data-testid", "phone-choice");
  return link;
}

export function media(kind, url, caption, filename, rich) {
  return [mediaNode(kind, url, caption, filename), caption ? text(caption, rich) : null];
}

function mediaNode(kind, url, caption, filename) {
  if (kind === "image" || kind === "sticker") {
    const label = caption || (kind === "sticker" ? t("sticker") : t("photo"));
    const image = h("img", { class: kind, src: url, alt: label, loading: "lazy" });
    image.addEventListener("error", () => image.replaceWith(card("image", label)));
    return image;
  }
  if (kind === "audio") return h("audio", { controls: true, src: url, preload: "none", "aria-label": t("audio") });
  if (kind === "video") return h("video", { controls: true, src: url, preload: "none", "aria-label": t("video") });
  return anchor(url.startsWith("/") ? location.origin + url : url, card("file", filename || t("doc")));
}

export const card = (name, title, detail) =>
  h("span", { class: "card" }, icon(name),
    h("span", {}, h("b", {}, title), detail ? h("small", {}, detail) : null));

export function place(value) {
  const spot = `${Number(value.latitude).toFixed(4)}, ${Number(value.longitude).toFixed(4)}`;
  return card("pin", value.name || t("location"), value.address || spot);
}

function ownContent(body, channel) {
  if (body.deleted) return [h("p", { class: "text faint" }, t("deleted"))];
  if (body.media) {
    const kind = body.media.kind === "file" ? "document" : body.media.kind;
    return media(kind, mediaUrl(body.media.id), body.media.caption, body.media.filename, channel === "whatsapp");
  }
  if (body.location) return [place(body.location)];
  if (body.contacts) return body.contacts.map((c) => card("person", c.name?.formatted_name ?? t("contact")));
  const pressed = body.button ?? body.list ?? body.quick_reply ?? body.template_button ?? body.postback;
  if (pressed !== undefined && pressed !== null) return [text(pressed.title ?? pressed.text ?? pressed.payload ?? pressed)];
  if (body.text) return [text(body.text, channel === "whatsapp")];
  if (body.story_reply) return [card("image", t("story")), text(body.story_reply.text)];
  if (body.story_mention) return [card("image", t("story"))];
  if (body.order) return [card("list", t("order"))];
  if (body.flow) return [card("list", t("form"))];
  return [h("p", { class: "text faint" }, t("unsupported"))];
}
