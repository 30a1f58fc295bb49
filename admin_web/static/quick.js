// Quick replies over the composer: opened by `/` or the button, searched, put into the text.
import { root } from "./place.js";
import { keep } from "./composer.js";

const box = () => document.querySelector("[data-quick]");
const form = () => document.querySelector("[data-composer]");
const items = () => [...box().querySelectorAll(".quick-item")].filter((item) => !item.hidden);

/** Open the pop-over with what fits this case. */
export async function open() {
  const place = box();
  if (!place || form().dataset.mode !== "reply") return;
  await htmx.ajax("GET", `${root()}/desk/cases/${form().dataset.case}/quick-replies`, { target: place, swap: "innerHTML", source: place });
  place.hidden = false;
  place.querySelector("[data-quick-search]")?.focus();
  select(items()[0]);
}

function close(focus = true) {
  if (!box() || box().hidden) return false;
  box().hidden = true;
  if (focus) form().querySelector("[data-text]").focus();
  return true;
}

function select(item) {
  for (const other of box().querySelectorAll(".quick-item"))
    other.setAttribute("aria-selected", String(other === item));
  item?.scrollIntoView({ block: "nearest" });
}

function put(item) {
  const text = form().querySelector("[data-text]");
  const [start, end] = [text.selectionStart, text.selectionEnd];
  text.setRangeText(item.dataset.quickText, start, end, "end");
  let used = form().querySelector("[name=quick_reply]");
  if (!used) {
    used = document.createElement("input");
    used.type = "hidden";
    used.name = "quick_reply";
    form().append(used);
  }
  used.value = item.dataset.quickId;
  close();
  keep(form());
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-quick-open]")) open();
  else if (event.target.closest?.(".quick-item")) put(event.target.closest(".quick-item"));
  else if (!event.target.closest?.("[data-quick]")) close(false);
});
document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-quick-search]")) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of box().querySelectorAll(".quick-item"))
    item.hidden = !words.every((one) => item.textContent.toLowerCase().includes(one));
  for (const folder of box().querySelectorAll(".quick-folder")) {
    let next = folder.nextElementSibling;
    while (next?.matches(".quick-item") && next.hidden) next = next.nextElementSibling;
    folder.hidden = !next?.matches(".quick-item");
  }
  box().querySelector("[data-quick-none]").hidden = items().length > 0;
  select(items()[0]);
});
document.addEventListener("keydown", (event) => {
  if (event.target.matches?.("[data-text]") && event.key === "/" && !event.target.value) {
    event.preventDefault();
    open();
    return;
  }
  if (!box() || box().hidden) return;
  const all = items();
  const at = all.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") select(all[Math.min(at + 1, all.length - 1)]);
  else if (event.key === "ArrowUp") select(all[Math.max(at - 1, 0)]);
  else if (event.key === "Enter" && all[at]) put(all[at]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
});
