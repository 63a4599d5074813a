// One phone: its owner's identity, the live thread, what is typed and tapped.

import { customer } from "./api.js";
import { bubble } from "./bubbles.js";
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { identity } from "./identity.js";
import { NAMES, t } from "./i18n.js";
import { openSheet } from "./sheet.js";

export class Phone {
  /** `owner`: {channel, account, user, name, autoread}. `change(owner)` and `remove()` are the page's. */
  constructor(owner, accounts, { change, remove }) {
    this.owner = owner;
    this.account = accounts.find((a) => a.kind === owner.channel && a.account_id === owner.account);
    this.api = customer(owner.channel, owner.account, owner.user);
    this.messages = new Map();
    this.seenUntil = -1;
    this.log = h("div", { class: "log", role: "log", "aria-label": t("thread"), tabindex: "0" });
    this.typing = h("div", { class: "typing", role: "status" });
    this.notice = h("p", { class: "notice", role: "alert", hidden: true });
    this.screen = h("div", { class: "screen" }, this.log, this.typing, this.notice,
      composer(owner, (act) => this.write(act)));
    this.node = h("section", {
        class: "phone", "data-channel": owner.channel, "data-testid": `phone-${owner.channel}`,
        "aria-label": `${NAMES[owner.channel]} · ${owner.name}`,
      },
      identity(owner, accounts, { change, remove }),
      h("div", { class: "device" }, this.top(), this.screen));
    this.tools = {
      press: (act) => this.write(act),
      used: (id) => [...this.messages.values()].some((m) => m.from === "customer" && m.body.reply_to === id),
      answered: (message) => [...this.messages.values()].some((m) => m.from === "customer" && m.seq > message.seq),
      openList: (message, action, opener) => openSheet(this.screen, message, action, opener, (act) => this.write(act)),
      self: () => this.owner,
    };
    this.onVisible = () => this.readIfSeen();
    document.addEventListener("visibilitychange", this.onVisible);
  }

  top() {
    const name = this.account?.name ?? "";
    return h("div", { class: "top" },
      h("span", { class: "avatar", "aria-hidden": "true" }, (name.trim()[0] ?? "?").toUpperCase()),
      h("div", { class: "who" }, h("h2", {}, name), h("span", {}, `${t("official")} · ${NAMES[this.owner.channel]}`)));
  }

  async start() {
    await this.api.introduce({ name: this.owner.name }).catch(() => this.complain(t("lost")));
    if (this.stopped) return;
    this.source = this.api.stream();
    const on = (name, act) => this.source.addEventListener(name, (event) => act(JSON.parse(event.data)));
    on("snapshot", (all) => this.replace(all));
    on("message", (message) => this.add(message));
    on("status", ({ message_id, status }) => this.patch(message_id, { status }));
    on("reaction", ({ message_id, reactions }) => this.patch(message_id, { reactions }));
    on("typing", ({ on: active, seconds }) => this.setTyping(active, seconds));
    on("seen", ({ until }) => this.setSeen(until));
    this.source.onerror = () => {
      this.complain(t("lost"));
      // The browser itself gives up when the answer is an error, as after a restart without accounts.
      if (this.source.readyState === EventSource.CLOSED) this.again = setTimeout(() => this.start(), 2000);
    };
    this.source.onopen = () => this.complain("");
  }

  stop() {
    this.stopped = true;
    this.source?.close();
    clearTimeout(this.typingTimer);
    clearTimeout(this.again);
    document.removeEventListener("visibilitychange", this.onVisible);
    this.node.remove();
  }

  async write(act) {
    try {
      await this.api.write({ ...act, name: this.owner.name });
      this.complain("");
      return true;
    } catch (error) {
      this.complain(t("failed") + error.message);
      return false;
    }
  }

  complain(text) {
    this.notice.textContent = text;
    this.notice.hidden = !text;
  }

  // --- thread ---

  replace(all) {
    this.messages = new Map(all.map((message) => [message.message_id, message]));
    this.log.replaceChildren();
    for (const message of all) this.draw(message);
    if (!all.length) this.log.append(this.welcome());
    this.toEnd();
    this.readIfSeen();
  }

  welcome() {
    const profile = this.account?.profile ?? {};
    const acts = (profile.ice_breakers?.[0]?.call_to_actions ?? []).map((c) => [c.question, c.payload]);
    if (!acts.length && profile.get_started) acts.push([t("start"), profile.get_started.payload]);
    return h("div", { class: "empty" }, h("p", {}, t("empty")),
      acts.map(([title, payload]) => h("button", {
        type: "button", class: "choice", "data-testid": "phone-choice", "data-payload": payload,
        onclick: () => this.write({ postback: { title, payload } }),
      }, title)));
  }

  add(message) {
    this.log.querySelector(".empty")?.remove();
    const known = this.messages.has(message.message_id);
    this.messages.set(message.message_id, message);
    if (known) return this.redraw(message.message_id);
    if (message.from === "business") this.setTyping(false);
    this.redrawOffers();
    this.draw(message);
    this.toEnd();
    this.readIfSeen();
  }

  patch(id, change) {
    const message = this.messages.get(id);
    if (!message) return;
    Object.assign(message, change);
    const node = this.find(id);
    if (node && Object.keys(change).join() === "status" && change.status !== "failed") node.dataset.status = change.status;
    else this.redraw(id);
  }

  draw(message) {
    const node = bubble(message, this.owner.channel, this.tools);
    if (!node) return;
    this.log.append(node);
    this.markSeen(node, message);
  }

  redraw(id) {
    const message = this.messages.get(id);
    const node = bubble(message, this.owner.channel, this.tools);
    const old = this.find(id);
    if (node && old) old.replaceWith(node);
    else old?.remove();
    if (node) this.markSeen(node, message);
  }

  /** Buttons that were used, quick replies that are past. */
  redrawOffers() {
    for (const node of this.log.querySelectorAll(".message.in")) {
      if (node.querySelector(".chips, button.choice")) this.redraw(node.dataset.id);
    }
  }

  find(id) {
    return [...this.log.children].find((node) => node.dataset.id === id);
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  setTyping(active, seconds = 20) {
    clearTimeout(this.typingTimer);
    this.typing.replaceChildren(...(active
      ? [h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", {}, t("typing"))] : []));
    if (active) this.typingTimer = setTimeout(() => this.setTyping(false), seconds * 1000);
  }

  setSeen(until) {
    this.seenUntil = Math.max(this.seenUntil, until);
    for (const node of this.log.querySelectorAll(".message.out")) {
      this.markSeen(node, this.messages.get(node.dataset.id));
    }
  }

  markSeen(node, message) {
    if (message?.from !== "customer" || message.seq > this.seenUntil || node.querySelector(".seen")) return;
    for (const old of this.log.querySelectorAll(".seen")) old.remove();
    node.querySelector(".meta").prepend(h("span", { class: "seen" }, `${t("seen")} · `));
  }

  readIfSeen() {
    const unread = [...this.messages.values()].some((m) => m.from === "business" && !["read", "failed"].includes(m.status));
    const visible = document.visibilityState === "visible" && this.node.offsetParent !== null;
    if (!unread || !visible || !this.owner.autoread) return;
    clearTimeout(this.readTimer);
    this.readTimer = setTimeout(() => this.api.read().catch((error) => this.complain(error.message)), 400);
  }
}
