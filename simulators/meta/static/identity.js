// Whose phone this is: name, number, account, and whether messages are read by being shown.

import { h, icon } from "./dom.js";
import { NAMES, t } from "./i18n.js";

export function identity(owner, accounts, { change, remove }) {
  const form = h("form", { class: "identity-form", hidden: true, onsubmit: apply });
  const toggle = h("button", {
    type: "button", class: "owner", "aria-expanded": "false", "data-testid": "phone-identity",
    onclick: () => {
      form.hidden = !form.hidden;
      toggle.setAttribute("aria-expanded", String(!form.hidden));
    },
  }, icon("person"), h("span", { class: "owner-name" }, owner.name), h("span", { class: "owner-user" }, pretty(owner)));
  const name = h("input", { value: owner.name, maxlength: "80", autocomplete: "off", required: true });
  const user = h("input", { value: owner.user, maxlength: "20", inputmode: "numeric", pattern: "[0-9]{7,20}", autocomplete: "off", required: true });
  const account = h("select", {}, accounts.map((a) => option(a, owner)));
  const autoread = h("input", { type: "checkbox", checked: owner.autoread });
  function apply(event) {
    event.preventDefault();
    const [channel, account_id] = account.value.split("/");
    change({ ...owner, channel, account: account_id, name: name.value.trim(), user: user.value.trim(), autoread: autoread.checked });
  }
  form.append(
    h("label", {}, t("name"), name),
    h("label", {}, owner.channel === "whatsapp" ? t("number") : t("id"), user),
    h("label", {}, t("account"), account),
    h("label", { class: "check" }, autoread, t("autoread")),
    h("div", { class: "buttons" },
      h("button", { type: "submit", class: "primary" }, t("apply")),
      remove ? h("button", { type: "button", class: "plain", onclick: remove }, t("remove")) : null));
  return h("div", { class: "identity" }, h("span", { class: "sr" }, t("identity")), toggle, form);
}

function option(account, owner) {
  const value = `${account.kind}/${account.account_id}`;
  const node = h("option", { value }, `${account.name} · ${NAMES[account.kind]}`);
  node.selected = value === `${owner.channel}/${owner.account}`;
  return node;
}

function pretty({ channel, user }) {
  const match = channel === "whatsapp" && /^55(\d\d)(\d{4,5})(\d{4})$/.exec(user);
  if (match) return `+55 ${match[1]} ${match[2]}-${match[3]}`;
  return channel === "whatsapp" ? `+${user}` : user;
}
