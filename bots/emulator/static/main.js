// The page: phones side by side, kept up to date by events.

import { get } from "./api.js";
import { el } from "./dom.js";
import { askGroup } from "./ask.js";
import { Faults } from "./faults.js";
import { Phone } from "./phone.js";
import { startTheme } from "./theme.js";
import { count, say, words } from "./words.js";

const host = { bots: [], phones: new Map(), messages: 0 };
const board = document.getElementById("phones");
const tabs = document.getElementById("tabs");
const faults = new Faults();

function running() {
  const bots = host.bots.map((bot) => bot.name).join(", ") || words.no_bots;
  document.getElementById("running").textContent =
    say(words.running, { bots, messages: count(words.messages, host.messages) });
}

function choose(id, focus = false) {
  host.current = id;
  for (const [each, phone] of host.phones) phone.root.classList.toggle("current", each === id);
  const phone = host.phones.get(id);
  if (phone) phone.fresh = 0;
  drawTabs();
  if (focus) phone?.root.scrollIntoView({ inline: "nearest", block: "nearest" });
}

function drawTabs() {
  tabs.replaceChildren(...[...host.phones.values()].map((phone) => {
    const { person } = phone;
    const tab = el("button", { type: "button", role: "tab", "aria-controls": phone.root.id,
      "aria-selected": String(person.id === host.current), onclick: () => choose(person.id) },
      person.first_name, el("small", { text: person.role_hint }));
    if (phone.fresh) tab.append(el("span", { class: "badge", text: phone.fresh, "aria-label": count(words.unread, phone.fresh) }));
    return tab;
  }));
}

async function load() {
  const state = await get("/state");
  host.bots = state.bots;
  host.messages = state.messages;
  faults.show(state.faults, state.limits);
  for (const person of state.people) {
    const known = host.phones.get(person.id);
    if (known) known.update(person);
    else {
      const phone = new Phone(person, host);
      phone.fresh = 0;
      host.phones.set(person.id, phone);
      board.append(phone.root);
    }
  }
  document.getElementById("loading").hidden = true;
  document.getElementById("nobody").hidden = state.people.length > 0;
  if (!host.phones.has(host.current)) choose(state.people[0]?.id);
  else drawTabs();
  running();
  return state.seq;
}

function hear(event) {
  if (event.kind === "reset" || event.kind === "people") return load();
  if (event.kind === "faults") return faults.show(event.faults);
  if (event.kind === "message") host.messages += 1;
  if (event.kind === "deleted") host.messages -= 1;
  for (const [id, phone] of host.phones) {
    phone.hear(event);
    const told = event.kind === "message" && id !== host.current && event.message.from.id !== id;
    if (told && phone.chats.some((chat) => chat.key === event.chat)) phone.fresh += 1;
  }
  drawTabs();
  running();
}

// The browser comes back by itself with the number of the last event.
function listen(seq) {
  const stream = new EventSource(`/phones/api/events?since=${seq}`);
  const lost = document.getElementById("lost");
  stream.onmessage = (message) => hear(JSON.parse(message.data));
  stream.onopen = () => { lost.hidden = true; };
  stream.onerror = () => {
    lost.hidden = false;
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => load().then(listen, () => stream.onerror()), 2000);
  };
}

// `/phones?open=<person>&bot=<name>&start=<payload>`: follow a link for somebody, once.
async function followAddress() {
  const asked = new URLSearchParams(location.search);
  const person = Number(asked.get("open"));
  const phone = host.phones.get(person);
  if (!phone) return;
  history.replaceState(null, "", location.pathname);
  choose(person, true);
  const bot = asked.get("bot") ?? phone.person.bot_username;
  if (asked.has("start")) await phone.open(`t.me/${bot}?start=${encodeURIComponent(asked.get("start"))}`);
}

function hint() {
  const box = document.getElementById("hint");
  const key = "phones-hint-read";
  let read = null;
  try { read = localStorage.getItem(key); } catch { /* private window */ }
  box.hidden = read !== null;
  document.getElementById("hint-close").addEventListener("click", () => {
    box.hidden = true;
    try { localStorage.setItem(key, "1"); } catch { /* private window */ }
  });
}

document.getElementById("new-group").addEventListener("click", () => askGroup(host).catch(() => {}));
startTheme(document.getElementById("theme"));
hint();
listen(await load());
await followAddress();
