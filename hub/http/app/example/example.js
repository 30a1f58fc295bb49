// The app itself: a list of cases, a dialogue, and what happens while it is closed.
import { ask, become, call, key, who } from "./backend.js";
import { by, card, line, made, time, words } from "./draw.js";
import { Live } from "./live.js";

const cases = new Map();
const lines = new Map();
let open = 0;
let waiting = [];
let typed = 0;
let quiet = 0;
let polling = 0;

const live = new Live(hear, (state) => {
  by("net").dataset.now = state;
  by("net").textContent = by("net").dataset[state];
});

function hear(frame) {
  if (frame.type === "case") cases.set(frame.case, frame.card);
  if (frame.type === "message" || frame.type === "changed") {
    const known = lines.get(frame.case) ?? new Map();
    known.set(frame.message.id, frame.message);
    lines.set(frame.case, known);
    waiting = waiting.filter((one) => one.key !== frame.message.key);
    if (frame.type === "message" && !frame.message.mine) came(frame.case, frame.message.id);
    if (created && frame.message.key === created) {
      created = "";
      if (!open) show(frame.case);
    }
  }
  if (frame.type === "typing" && frame.case === open) {
    by("typing").hidden = false;
    clearTimeout(quiet);
    quiet = setTimeout(() => { by("typing").hidden = true; }, 4_000);
  }
  draw();
}

/** It has come to this phone; if it is being looked at, it is read. */
function came(number, id) {
  live.say({ type: number === open && !document.hidden ? "read" : "got", case: number, upto: id });
  if (number === open) by("typing").hidden = true;
}

let created = "";
let drawn = 0;
function draw() {
  cancelAnimationFrame(drawn);
  drawn = requestAnimationFrame(open ? drawTalk : drawList);
}

function drawList() {
  const all = [...cases.values()].sort((one, two) => two.number - one.number);
  by("cases").replaceChildren(...all.map((one) => card(one, show)));
  by("empty").hidden = all.length > 0;
  by("title").textContent = organisation;
  by("place").textContent = place;
}

function drawTalk() {
  const shown = cases.get(open);
  if (!shown) return;
  by("title").textContent = shown.title || `${words.number}${open}`;
  by("place").textContent = `${words.number}${open} · ${words[shown.state]}`;
  by("status").textContent = shown.status_text;
  const known = [...(lines.get(open)?.values() ?? [])].sort((one, two) => one.at < two.at ? -1 : one.at > two.at ? 1 : 0);
  const own = waiting.filter((one) => one.case === open);
  by("messages").replaceChildren(...[...known, ...own].map(line));
  by("deeds").replaceChildren(...deeds(shown));
  by("talk").scrollTop = by("talk").scrollHeight;
}

function deeds(shown) {
  const found = [];
  const said = by("deeds").dataset;
  const add = (text, path, body) => {
    const button = made("button", "", text);
    button.type = "button";
    button.addEventListener("click", () => act(path, { key: key(), ...body }));
    found.push(button);
  };
  if (shown.can.includes("rate")) {
    add(said.good, "rate", { value: 1 });
    add(said.bad, "rate", { value: -1 });
  }
  if (shown.can.includes("reopen")) add(said.reopen, "reopen", {});
  if (shown.can.includes("cancel")) add(said.cancel, "cancel", {});
  return found;
}

async function act(path, body) {
  try {
    cases.set(open, await ask("POST", `/cases/${open}/${path}`, body));
  } catch (error) {
    say(error);
  }
  draw();
}

function say(error) {
  by("status").textContent = words.refused + error.message;
}

async function show(number) {
  open = number;
  by("phone").dataset.view = number ? "talk" : "list";
  by("list").hidden = Boolean(number);
  by("talk").hidden = !number;
  by("text").placeholder = number ? by("text").dataset.more : by("text").dataset.new;
  by("typing").hidden = true;
  draw();
  if (!number) return;
  const said = await ask("GET", `/cases/${number}`);
  const known = lines.get(number) ?? new Map();
  for (const one of said.messages.items) known.set(one.id, one);
  lines.set(number, known);
  cases.set(number, said.case);
  const unread = said.messages.items.filter((one) => !one.mine && !one.read);
  if (unread.length) live.say({ type: "read", case: number, upto: unread.at(-1).id });
  draw();
}

async function send(event) {
  event.preventDefault();
  const text = by("text").value.trim();
  const chosen = [...by("file").files];
  if (!text && !chosen.length) return;
  const number = open;
  const wish = key();
  by("text").value = "";
  grow();
  const own = { id: "", key: wish, case: number, mine: true, text, files: [], at: new Date().toISOString() };
  waiting.push(own);
  created = number ? "" : wish;
  draw();
  try {
    const files = [];
    for (const file of chosen) {
      const form = new FormData();
      form.append("file", file, file.name);
      files.push((await (await call("POST", `/files?key=${key()}`, form)).json()).id);
    }
    await ask("POST", number ? `/cases/${number}/messages` : "/cases", { key: wish, text, files });
  } catch (error) {
    waiting = waiting.filter((one) => one !== own);
    by("text").value = text;
    say(error);
  }
  by("file").value = "";
  choose();
}

function grow() {
  by("text").style.height = "auto";
  by("text").style.height = `${by("text").scrollHeight + 2}px`;
}

function choose() {
  const chosen = [...by("file").files];
  by("chosen").hidden = !chosen.length;
  by("chosen").replaceChildren(...chosen.map((file) => made("li", "", file.name)));
}

function typing() {
  grow();
  if (open && Date.now() - typed > 2_500) {
    typed = Date.now();
    live.say({ type: "typing", case: open });
  }
}

let organisation = "";
let place = "";
async function enter(resident) {
  live.close();
  live.forget();
  become(resident);
  cases.clear();
  lines.clear();
  waiting = [];
  by("messages").replaceChildren();
  const me = await ask("GET", "/me");
  organisation = me.organisation;
  place = me.premises;
  for (const one of (await ask("GET", "/cases")).items) {
    cases.set(one.number, one);
    live.positions[one.number] = one.position;
  }
  await show(0);
  live.open();
}

async function pushes() {
  const said = await (await fetch(`/app/example/pushes/${who()}`)).json();
  by("pushes").replaceChildren(...said.filter((one) => Date.parse(one.at) >= closedAt).map((one) => {
    const row = made("li");
    row.append(made("b", "", `${one.signature ?? ""} · ${time(one.at)}`), made("span", "", one.text || words.file));
    return row;
  }));
}

let closedAt = 0;
function unlock() {
  by("closed").hidden = true;
  clearInterval(polling);
}

function shut() {
  by("closed").hidden = false;
  closedAt = Date.now();
  by("clock").textContent = new Date().toLocaleTimeString("ru-RU", { hour: "2-digit", minute: "2-digit" });
  by("pushes").replaceChildren();
  live.close();
  clearInterval(polling);
  polling = setInterval(pushes, 1_000);
}

by("composer").addEventListener("submit", send);
by("text").addEventListener("input", typing);
by("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) by("composer").requestSubmit();
  if (event.key === "Enter" && !event.shiftKey) event.preventDefault();
});
by("file").addEventListener("change", choose);
by("back").addEventListener("click", () => show(0));
by("close").addEventListener("click", shut);
by("open").addEventListener("click", () => {
  unlock();
  live.open();
});

const people = await (await fetch("/app/example/residents")).json();
const last = sessionStorage.getItem("resident") ?? people[0].id;
for (const one of people) {
  const label = made("label");
  const choice = made("input");
  choice.type = "radio";
  choice.name = "resident";
  choice.checked = one.id === last;
  choice.addEventListener("change", () => {
    sessionStorage.setItem("resident", one.id);
    unlock();
    enter(one.id);
  });
  const name = made("span", "", one.name);
  name.append(made("small", "", one.premises));
  label.append(choice, name);
  by("residents").append(label);
}
await enter(last);
