// How long the answer is where texts are counted: asked while one writes, shown before one sends.
import { root } from "./place.js";

const PAUSE = 150;
const waits = new WeakMap();

const counts = (form) =>
  form.dataset.mode === "reply" && form.elements.to?.selectedOptions[0]?.hasAttribute("data-counted");

async function measure(form) {
  const place = form.querySelector("[data-length]");
  const text = form.elements.text.value;
  if (!place) return;
  if (!counts(form) || !text.trim()) {
    place.replaceChildren();
    return;
  }
  const body = new URLSearchParams({ text, to: form.elements.to.value });
  const headers = { "X-CSRF-Token": document.body.dataset.csrf };
  try {
    const answer = await fetch(`${root()}/desk/cases/${form.dataset.case}/length`, { method: "POST", body, headers });
    // Somebody who writes on is told of what they wrote since.
    if (answer.ok && form.elements.text.value === text) place.innerHTML = await answer.text();
  } catch {
    place.replaceChildren();
  }
}

/** Measure what stands in the composer, soon. */
export function soon(form) {
  clearTimeout(waits.get(form));
  waits.set(form, setTimeout(measure, PAUSE, form));
}

const composer = (event) => event.target.closest?.("[data-composer]");
document.addEventListener("input", (event) => composer(event) && soon(composer(event)));
document.addEventListener("change", (event) => composer(event) && soon(composer(event)));
document.addEventListener("click", (event) => {
  const form = document.querySelector("[data-composer]");
  if (form && event.target.closest?.("[data-mode-switch], .quick-item")) soon(form);
});
const all = () => document.querySelectorAll("[data-composer]").forEach(soon);
document.addEventListener("htmx:after:settle", all);
all();
