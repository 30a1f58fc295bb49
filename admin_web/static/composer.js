// The composer: its two modes, the kept draft, the key that makes a repeated send harmless.
import { root } from "./place.js";
import { word } from "./words.js";

const id = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
const place = (form) => `hub.draft.${form.dataset.case}`;
const text = (form) => form.querySelector("[data-text]");

function kept(form) {
  try { return JSON.parse(localStorage.getItem(place(form))) ?? {}; } catch { return {}; }
}

/** Keep what is written; an empty draft is forgotten. */
export function keep(form) {
  const draft = { text: text(form).value, mode: form.dataset.mode, key: form.elements.key.value };
  if (draft.text.trim()) localStorage.setItem(place(form), JSON.stringify(draft));
  else localStorage.removeItem(place(form));
  form.querySelector("[data-saved]").textContent = draft.text.trim() ? word("saved") : "";
}

/** Switch between answer and note. */
export function turn(form, mode) {
  if (!form.querySelector(`[data-mode-switch="${mode}"]`)) return;
  form.dataset.mode = mode;
  const action = `${root()}/desk/cases/${form.dataset.case}/${mode === "reply" ? "reply" : "comment"}`;
  form.action = action;
  form.setAttribute("hx-post", action);
  text(form).placeholder = text(form).dataset[mode];
  for (const tab of form.querySelectorAll("[data-mode-switch]"))
    tab.setAttribute("aria-selected", String(tab.dataset.modeSwitch === mode));
}

function wake(form) {
  if (form.dataset.awake) return;
  form.dataset.awake = "1";
  const draft = kept(form);
  form.elements.key.value = draft.key || id();
  if (draft.text) {
    text(form).value = draft.text;
    turn(form, draft.mode);
    keep(form);
  }
}

function empty(form) {
  text(form).value = "";
  form.elements.key.value = id();
  form.querySelector("[name=quick_reply]")?.remove();
  form.querySelector("[data-uploads]").replaceChildren();
  keep(form);
}

const wakeAll = () => document.querySelectorAll("[data-composer]").forEach(wake);
wakeAll();
document.addEventListener("htmx:after:settle", wakeAll);
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (form && event.target.matches("[data-text]")) keep(form);
});
document.addEventListener("click", (event) => {
  const mode = event.target.closest?.("[data-mode-switch]")?.dataset.modeSwitch;
  const form = mode && document.querySelector("[data-composer]");
  if (!form) return;
  turn(form, mode);
  keep(form);
  text(form).focus();
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches?.("[data-composer]")) return;
  const bare = !text(form).value.trim() && !form.querySelector("[name=files]");
  // An unfinished upload would be left behind; wait for it.
  if (bare || form.querySelector(".upload[data-running]")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    text(form).focus();
  }
}, true);
document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  if (!sourceElement.matches?.("[data-composer]") || response.status >= 400) return;
  // Sent to the door: nothing was taken in, what is written waits for who comes in again.
  if (!response.headers.get("HX-Redirect")) empty(sourceElement);
});
