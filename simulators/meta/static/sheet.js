// The list of a WhatsApp list message, as a sheet over the thread.

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

let serial = 0;

export function openSheet(screen, message, action, opener, write) {
  const id = `sheet-${++serial}`;
  const dialog = h("dialog", { class: "sheet", "aria-labelledby": id });
  const close = () => dialog.close();
  const row = (item) => h("button", {
      type: "button", class: "row", "data-testid": "phone-choice", "data-payload": item.id,
      onclick: () => {
        close();
        write({ list: item, reply_to: message.message_id });
      },
    },
    h("b", {}, item.title), item.description ? h("small", {}, item.description) : null);
  dialog.append(
    h("div", { class: "sheet-top" },
      h("h3", { id }, action.button || t("choose")),
      h("button", { type: "button", class: "round", "aria-label": t("close"), onclick: close }, icon("close"))),
    h("div", { class: "rows" }, action.sections.map((section) => [
      section.title ? h("h4", {}, section.title) : null,
      section.rows.map(row),
    ])));
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  screen.append(dialog);
  dialog.showModal();
  over(dialog, screen.getBoundingClientRect());
}

/** A modal dialog lives above the page; keep it over its own phone. */
function over(dialog, { left, width, bottom, height }) {
  dialog.style.left = `${left}px`;
  dialog.style.width = `${width}px`;
  dialog.style.bottom = `${Math.max(0, innerHeight - bottom)}px`;
  dialog.style.maxHeight = `${height * 0.85}px`;
}
