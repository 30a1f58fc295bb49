// Small helpers for building elements; text is always set as text.

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name === "text") made.textContent = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function clone(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

// A menu closes by Escape, by a click elsewhere and by choosing.
export function popup(menu, opener, { placed } = {}) {
  const close = (event) => {
    if (event && event.type === "keydown" && event.key !== "Escape") return;
    if (event && event.type === "pointerdown" && (menu.contains(event.target) || opener.contains(event.target))) return;
    menu.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("keydown", close);
    document.removeEventListener("pointerdown", close);
    if (event && event.type === "keydown") opener.focus();
    if (placed) menu.remove();
  };
  const open = () => {
    menu.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    document.addEventListener("keydown", close);
    document.addEventListener("pointerdown", close);
    menu.querySelector("input, button:not([hidden])")?.focus({ preventScroll: true });
  };
  return { open, close: () => close(), toggle: () => (menu.hidden ? open() : close()) };
}
