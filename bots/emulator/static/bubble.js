// One message of a chat as an element that can be drawn again in its place.

import { clone, el, icon, popup } from "./dom.js";
import { mediaNode, placeNode } from "./media.js";
import { richText } from "./richtext.js";
import { say, time, words } from "./words.js";

const PALETTE = ["👍", "👎", "❤", "🔥", "👌", "🙏"];

// `phone` gives: me (person id), group (bool), reply, edit, remove, react, press, follow, jump.
export function draw(li, message, phone) {
  if (message.service) {
    li.className = "service";
    li.replaceChildren(say(words.service[message.service.kind], message.service));
    return;
  }
  const mine = message.from.id === phone.me;
  const text = message.text;
  li.className = ["message", mine && "out", message.album && "in-album", message.keyboard.length && "with-keys"]
    .filter(Boolean).join(" ");
  const bubble = el("div", {
    class: ["bubble", message.edited && "was-edited", !text && "no-text"].filter(Boolean).join(" "),
    tabindex: "0",
    onclick: () => { if (!String(getSelection())) phone.reply(message); },
    onkeydown: (event) => {
      if (event.key === "Enter" && event.target === bubble) { event.preventDefault(); phone.reply(message); }
    },
  });
  if (phone.group && !mine) bubble.append(el("span", { class: "from", text: message.from.name }));
  if (message.forwarded) bubble.append(el("span", { class: "from", text: say(words.forwarded, { name: message.forwarded }) }));
  if (message.via) bubble.append(el("span", { class: "from", text: say(words.via, { bot: message.via }) }));
  if (message.reply) bubble.append(quote(message.reply, phone));
  if (message.media) bubble.append(mediaNode(message.media, phone.settle));
  const place = placeNode(message);
  if (place) bubble.append(place);
  if (text) bubble.append(el("div", { class: "text" }, ...richText(text, message.entities, phone.follow)));
  bubble.append(el("span", { class: "stamp", text: `${message.edited ? `${words.edited} ` : ""}${time(message.date)}` }));
  if (message.reactions.length) bubble.append(reactions(message, phone));
  bubble.append(more(message, mine, phone));
  li.replaceChildren(bubble);
  if (message.keyboard.length) li.append(keys(message, phone));
}

function quote(reply, phone) {
  const shown = el("button", { type: "button", class: "reply-quote", onclick: (event) => {
    event.stopPropagation();
    phone.jump(reply.id);
  } });
  if (reply.name) shown.append(el("b", { text: reply.name }));
  shown.append(el("span", { text: reply.text || words.media[reply.media] || words.deleted_reply }));
  return shown;
}

function reactions(message, phone) {
  const counted = new Map();
  for (const { emoji, by } of message.reactions) {
    const known = counted.get(emoji) ?? { n: 0, mine: false };
    counted.set(emoji, { n: known.n + 1, mine: known.mine || by === phone.me });
  }
  return el("div", { class: "reactions" }, ...[...counted].map(([emoji, { n, mine }]) =>
    el("button", { type: "button", class: mine ? "mine" : "", "aria-pressed": String(mine),
      text: n > 1 ? `${emoji} ${n}` : emoji,
      onclick: (event) => { event.stopPropagation(); phone.react(message, mine ? "" : emoji); } })));
}

function more(message, mine, phone) {
  const opener = el("button", { type: "button", class: "more", "aria-haspopup": "menu", "aria-label": words.actions },
    icon("dots"));
  opener.addEventListener("click", (event) => {
    event.stopPropagation();
    const menu = clone("t-bubble-menu");
    document.body.append(menu);
    const control = popup(menu, opener, { placed: true });
    menu.querySelector(".palette").append(...PALETTE.map((emoji) =>
      el("button", { type: "button", text: emoji, onclick: () => { control.close(); phone.react(message, emoji); } })));
    const pinned = phone.chat.pinned.includes(message.id);
    const acts = { reply: phone.reply, edit: phone.edit, delete: phone.remove, pin: phone.pin, unpin: phone.pin, move: phone.move, refile: phone.refile };
    const offered = {
      reply: true, edit: mine && (message.text || message.media), delete: mine, pin: !pinned, unpin: pinned,
      move: mine && message.location?.live_period, refile: mine && message.media,
    };
    for (const button of menu.querySelectorAll("[data-do]")) {
      const act = button.dataset.do;
      button.hidden = !offered[act];
      button.addEventListener("click", () => { control.close(); acts[act](message); });
    }
    menu.querySelector(".forwards").append(...phone.ways().map(({ ref, name }) =>
      el("button", { type: "button", role: "menuitem", text: say(words.forward_to, { name }),
        onclick: () => { control.close(); phone.forward(message, ref); } })));
    const at = opener.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(at.bottom + 4, innerHeight - menu.offsetHeight - 8))}px`;
    control.open();
  });
  return opener;
}

function keys(message, phone) {
  return el("div", { class: "keys" }, ...message.keyboard.map((row, r) =>
    el("div", {}, ...row.map((button, c) => button.url
      ? el("a", { href: button.url, target: "_blank", rel: "noopener noreferrer", text: button.text,
        onclick: (event) => phone.follow(event, button.url) })
      : el("button", { type: "button", text: button.text,
        onclick: (event) => phone.press(message, r, c, event.currentTarget, button) })))));
}
