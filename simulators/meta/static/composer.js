// Where the customer types, and the menu of things to attach.

import { h, icon } from "./dom.js";
import { samplePlace } from "./bubbles_whatsapp.js";
import { t } from "./i18n.js";

const MAX_FILE = 16 * 1024 * 1024;

export function composer(owner, write) {
  const input = h("textarea", {
    rows: "1", "aria-label": t("message"), placeholder: t("message"), "data-testid": "phone-input", maxlength: "60000",
    oninput: () => grow(input),
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        send();
      }
    },
  });
  async function send() {
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    grow(input);
    if (!(await write({ text }))) input.value = text;
    input.focus();
  }
  const menu = attachments(owner, write);
  return h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); send(); } },
    menu,
    input,
    h("button", { type: "submit", class: "round send", "aria-label": t("send"), "data-testid": "phone-send" }, icon("send")));
}

function grow(input) {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
}

function attachments(owner, write) {
  const items = h("div", { class: "menu", hidden: true });
  const opener = h("button", {
    type: "button", class: "round", "aria-label": t("attach"), "aria-expanded": "false", "data-testid": "phone-attach",
    onclick: () => show(items.hidden),
  }, icon("attach"));
  function show(open) {
    items.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) items.querySelector("button").focus();
  }
  const picker = h("input", { type: "file", hidden: true, tabindex: "-1", "aria-label": t("file"),
    onchange: () => sendFile(picker, write) });
  const entry = (name, label, act) => h("button", {
    type: "button", "data-testid": `phone-attach-${label}`,
    onclick: () => { show(false); opener.focus(); act(); },
  }, icon(name), t(label));
  items.append(
    entry("image", "image", () => write({ media: { kind: "image" } })),
    entry("file", "document", () => write({ media: { kind: "document" } })),
    ...(owner.channel === "whatsapp" ? [] : [entry("sound", "audio", () => write({ media: { kind: "audio" } }))]),
    ...(owner.channel === "instagram" ? [] : [entry("pin", "location", () => write({ location: samplePlace() }))]),
    entry("upload", "file", () => picker.click()));
  const holder = h("div", { class: "attach" }, opener, items, picker);
  holder.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !items.hidden) {
      show(false);
      opener.focus();
    }
  });
  holder.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !holder.contains(event.relatedTarget)) show(false);
  });
  return holder;
}

function sendFile(picker, write) {
  const [file] = picker.files;
  picker.value = "";
  if (!file || file.size > MAX_FILE) return;
  const reader = new FileReader();
  reader.onload = () => {
    const data_base64 = String(reader.result).split(",")[1] ?? "";
    const kind = ["image", "video", "audio"].find((name) => file.type.startsWith(`${name}/`)) ?? "document";
    write({ media: { kind, data_base64, mime_type: file.type || "application/octet-stream", filename: file.name } });
  };
  reader.readAsDataURL(file);
}
