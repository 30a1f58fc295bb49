// The keyboard: `?` shows all of it.
import { turn } from "./composer.js";

const SECTIONS = { i: "mine", q: "queue", a: "all", s: "admin", c: "contacts", f: "failures" };
const WAIT = 1_200;
let goes = 0;

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const items = () => [...document.querySelectorAll("#list-body .item, .ledger tbody tr td:first-child > a, .person-row, .failure a.strong, .line-case a.strong")];

function step(by) {
  const all = items();
  if (!all.length) return;
  let at = all.indexOf(document.activeElement);
  if (at < 0) at = all.findIndex((item) => item.closest("[aria-current=true]")) - (by > 0 ? 0 : -1) + (by > 0 ? 0 : -1);
  all[Math.max(0, Math.min(all.length - 1, at + by))].focus();
}

function compose(mode) {
  const form = document.querySelector("[data-composer]");
  if (!form) return;
  turn(form, mode);
  form.querySelector("[data-text]").focus();
}

const commands = {
  "?": () => document.getElementById("help")?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  r: () => compose("reply"),
  n: () => compose("note"),
  t: () => document.querySelector("[data-take]")?.click(),
  "/": () => document.querySelector("[data-search]")?.focus(),
  g: () => { goes = Date.now(); },
};
// The same keys under a Russian layout.
const layout = { о: "j", л: "k", к: "r", т: "n", е: "t", п: "g", ш: "i", й: "q", ф: "a", ы: "s", с: "c", а: "f", ".": "/", ",": "?" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typing(event.target)) {
    event.target.blur();
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key in commands || event.key in SECTIONS ? event.key : (layout[event.key.toLowerCase()] ?? event.key);
  if (Date.now() - goes < WAIT && SECTIONS[key]) {
    goes = 0;
    event.preventDefault();
    document.querySelector(`[data-section="${SECTIONS[key]}"]`)?.click();
    return;
  }
  if (!commands[key]) return;
  event.preventDefault();
  commands[key]();
});

// Settings open their editor by a new page: the keyboard goes on there, and j and k still walk.
const editor = document.querySelector(".editor-head :is(h2, h3)");
if (editor && !document.querySelector("[autofocus]")) {
  editor.tabIndex = -1;
  editor.focus({ preventScroll: true });
}
