// Text with entities as elements. Offsets are UTF-16 units, as strings are here.

import { el } from "./dom.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

function wrap(entity, text, children, onlink) {
  const tag = TAGS[entity.type];
  if (tag) return el(tag, {}, ...children);
  if (entity.type === "spoiler") return el("span", { class: "spoiler", tabindex: "0" }, ...children);
  let href = null;
  if (entity.type === "text_link") href = entity.url;
  if (entity.type === "url") href = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  if (entity.type === "email") href = `mailto:${text}`;
  if (entity.type === "phone_number") href = `tel:${text.replace(/[^+\d]/g, "")}`;
  if (entity.type === "bot_command" || href) {
    const safe = href && /^(https?|mailto|tel|tg):/i.test(href) ? href : "#";
    return el("a", {
      href: safe, target: "_blank", rel: "noopener noreferrer",
      onclick: (event) => onlink(event, href ?? text),
    }, ...children);
  }
  return el("span", {}, ...children);
}

export function richText(text, entities, onlink) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const build = (start, stop, inside) => {
    const nodes = [];
    let at = start;
    while (inside.length) {
      const entity = inside.shift();
      if (entity.offset < at) continue;
      const end = Math.min(stop, entity.offset + entity.length);
      if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
      const nested = [];
      while (inside.length && inside[0].offset < end) nested.push(inside.shift());
      nodes.push(wrap(entity, text.slice(entity.offset, end), build(entity.offset, end, nested), onlink));
      at = end;
    }
    if (at < stop) nodes.push(text.slice(at, stop));
    return nodes;
  };
  return build(0, text.length, sorted);
}
