// How cases and messages look.
import { call } from "./backend.js";

export const words = document.getElementById("words").dataset;
export const by = (id) => document.getElementById(id);

export function made(tag, name = "", text = "") {
  const one = document.createElement(tag);
  if (name) one.className = name;
  if (text) one.textContent = text;
  return one;
}

export function time(at) {
  const day = new Date(at);
  const today = new Date().toDateString() === day.toDateString();
  return day.toLocaleString("ru-RU", today ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" });
}

export function card(shown, press) {
  const row = made("li");
  const button = made("button", "card");
  button.type = "button";
  button.append(
    made("b", "", shown.title || `${words.number}${shown.number}`),
    made("time", "", time(shown.updated_at)),
    made("span", "last", last(shown)),
    shown.unread ? made("span", "badge", String(shown.unread)) : made("span"),
    made("span", "state", `${words.number}${shown.number} · ${words[shown.state]}`),
  );
  button.addEventListener("click", () => press(shown.number));
  row.append(button);
  return row;
}

/** The last words, unless the title says them already. */
function last({ last: said, title }) {
  if (!said) return "";
  return said.text === title ? "" : said.text || words.file;
}

export function line(message) {
  const row = made("li", message.mine ? "line mine" : "line");
  row.dataset.id = message.id || "";
  if (!message.mine && message.author) row.append(made("span", "author", message.author));
  if (message.deleted) row.append(made("p", "gone", words.deleted));
  else if (message.text) row.append(made("p", "", message.text));
  for (const file of message.files) row.append(attached(file));
  const notes = [time(message.at)];
  if (message.edited) notes.unshift(words.edited);
  if (message.mine) notes.push(!message.id ? words.waits : message.read ? words.read : words.sent);
  row.append(made("footer", "", notes.join(" · ")));
  return row;
}

function attached(file) {
  if (file.state === "failed") return made("p", "gone", `${file.name} · ${words.lost}`);
  if (file.state !== "ready") return made("p", "gone", `${file.name} · ${words.comes}`);
  const button = made("button", "file", file.name);
  button.type = "button";
  button.addEventListener("click", async () => {
    // The token goes in a header, so the file is fetched first and then opened.
    const bytes = await (await call("GET", `/files/${file.id}`)).blob();
    const link = made("a");
    link.href = URL.createObjectURL(bytes);
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
  return button;
}
