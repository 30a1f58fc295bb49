// Small questions of the page: one line of text, or the making of a group.

import { send } from "./api.js";
import { el } from "./dom.js";
import { words } from "./words.js";

function asked(dialog) {
  return new Promise((done) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}

/** One line; null when it was given up. */
export async function ask(title, value = "") {
  const dialog = document.getElementById("ask");
  const field = dialog.querySelector("input");
  dialog.querySelector("h2").textContent = title;
  field.value = value;
  const wanted = asked(dialog);
  field.select();
  return (await wanted) && field.value.trim() ? field.value.trim() : null;
}

function checks(box, all) {
  box.querySelectorAll("label").forEach((label) => label.remove());
  box.append(...all.map(([value, name, on]) => el("label", {},
    el("input", { type: "checkbox", value, checked: on }), name)));
}

const chosen = (box) => [...box.querySelectorAll("input:checked")].map((each) => each.value);

/** Make a group of people and bots; its first member is its owner. */
export async function askGroup(host) {
  const dialog = document.getElementById("ask-group");
  const [people, bots] = dialog.querySelectorAll("fieldset");
  checks(people, [...host.phones.values()].map(({ person }) =>
    [person.id, `${person.full_name}${person.role_hint ? `, ${person.role_hint}` : ""}`, person.role_hint !== words.resident_role]));
  checks(bots, host.bots.map((bot) => [bot.username, bot.name, bot === host.bots.at(-1)]));
  if (!(await asked(dialog))) return;
  const kind = dialog.querySelector("select").value;
  await send("/groups", {
    title: dialog.querySelector("input[type=text]").value.trim() || words.group,
    people: chosen(people).map(Number), bots: chosen(bots), forum: kind === "forum", basic: kind === "basic",
  });
}
