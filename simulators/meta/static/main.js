// The page: which phones are on the table, in which language and light.

import { accounts } from "./api.js";
import { h, icon } from "./dom.js";
import { LANGUAGES, NAMES, TAGS, language, t } from "./i18n.js";
import { Phone } from "./phone.js";

const MOST = 3;
const OWNERS = {
  whatsapp: { user: "5511955550101", name: "Ana Souza" },
  messenger: { user: "71000000000000011", name: "Bruno Lima" },
  instagram: { user: "90000000000000021", name: "Carla Dias" },
};
const query = new URLSearchParams(location.search);
const main = document.getElementById("main");
let phones = [];
let known = [];
let shown = 0;
const offered = new Set();

function theme(value) {
  document.documentElement.dataset.theme = value;
  try { localStorage.setItem("phones-theme", value); } catch { /* private mode: the choice lasts this visit */ }
}

function storedTheme() {
  try { return localStorage.getItem("phones-theme"); } catch { return null; }
}

function drawBar() {
  const select = h("select", { "aria-label": t("language"), onchange: () => {
    query.set("lang", select.value);
    location.search = query.toString();
  } }, Object.entries(LANGUAGES).map(([value, label]) => {
    const node = h("option", { value }, label);
    node.selected = value === language;
    return node;
  }));
  const dark = () => document.documentElement.dataset.theme === "dark";
  document.getElementById("bar").replaceChildren(
    h("div", { class: "heading" }, h("h1", {}, t("title")), h("p", {}, t("intro"))),
    h("div", { class: "tools" },
      h("button", { type: "button", class: "plain add", id: "add", hidden: true, onclick: addPhone }, t("add")),
      select,
      h("button", { type: "button", class: "round", "aria-label": t("theme"), onclick: () => theme(dark() ? "light" : "dark") },
        icon("theme"))));
}

function wanted() {
  const channel = query.get("channel");
  if (channel && query.get("account") && query.get("user")) {
    const name = query.get("name") || query.get("user");
    return [{ channel, account: query.get("account"), user: query.get("user"), name, autoread: true }];
  }
  const first = Object.keys(NAMES).map((kind) => known.find((a) => a.kind === kind && (!channel || kind === channel)));
  return first.filter(Boolean).map((account) => ownerOf(account));
}

function ownerOf(account) {
  const { user, name } = OWNERS[account.kind];
  const taken = phones.filter((p) => p.owner.channel === account.kind && p.owner.user === user).length;
  const own = taken ? String(BigInt(user) + BigInt(phones.length)) : user;
  return { channel: account.kind, account: account.account_id, user: own, name, autoread: true };
}

function put(owner, index = phones.length) {
  const phone = new Phone(owner, known, {
    change: (next) => {
      phones[index].stop();
      put(next, index);
      draw();
    },
    remove: query.get("user") ? null : () => {
      phones.splice(index, 1)[0].stop();
      const owners = phones.map((p) => p.owner);
      for (const p of phones) p.stop();
      phones = [];
      for (const each of owners) put(each);
      draw();
    },
  });
  phones[index] = phone;
  phone.start();
}

function addPhone() {
  const used = new Set(phones.map((p) => `${p.owner.channel}/${p.owner.account}`));
  put(ownerOf(known.find((a) => !used.has(`${a.kind}/${a.account_id}`)) ?? known[0]));
  shown = phones.length - 1;
  draw();
}

function draw() {
  shown = Math.min(shown, phones.length - 1);
  const table = h("div", { class: "table", "data-count": phones.length }, phones.map((p) => p.node));
  phones.forEach((p, index) => p.node.classList.toggle("current", index === shown));
  main.replaceChildren(...(phones.length > 1 ? [tabs()] : []), table);
  document.getElementById("add").hidden = phones.length >= MOST || Boolean(query.get("user"));
  for (const phone of phones) { phone.toEnd(); phone.readIfSeen(); }
}

function tabs() {
  return h("nav", { class: "tabs", "aria-label": t("phones") }, phones.map((phone, index) =>
    h("button", {
      type: "button", "aria-pressed": String(index === shown), "data-channel": phone.owner.channel,
      onclick: () => { shown = index; draw(); },
    }, NAMES[phone.owner.channel])));
}

async function begin() {
  known = await accounts().catch(() => []);
  const owners = known.length ? wanted().filter((o) => known.some((a) => a.kind === o.channel && a.account_id === o.account)) : [];
  if (!owners.length) {
    main.replaceChildren(h("div", { class: "none" }, h("h2", {}, t("none")), h("p", {}, t("noneHint"))));
    setTimeout(begin, 2000);
    return;
  }
  for (const owner of owners.slice(0, MOST)) put(owner);
  draw();
  for (const owner of owners) offered.add(owner.channel);
  if (!query.get("channel")) setInterval(offerNew, 4000);
}

/** A channel registered later gets its phone too, once. */
async function offerNew() {
  const now = await accounts().catch(() => []);
  const fresh = now.filter((a, n) => !offered.has(a.kind) && now.findIndex((b) => b.kind === a.kind) === n);
  if (!fresh.length) return;
  known = now;
  for (const account of fresh) {
    offered.add(account.kind);
    if (phones.length < MOST) put(ownerOf(account));
  }
  draw();
}

document.documentElement.lang = TAGS[language];
document.title = t("title");
const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
document.documentElement.dataset.theme = query.get("theme") ?? storedTheme() ?? system;
drawBar();
begin();
