// Who writes just now: we tell the resident where the channel shows it, and are told of them.
import { root } from "./place.js";

const EVERY = 3_000;
const FADES = 5_000;
let told = 0;
let quiet = 0;

const passes = (form) =>
  form.dataset.mode === "reply" && form.elements.to?.selectedOptions[0]?.hasAttribute("data-typing");

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (!form || !event.target.matches("[data-text]") || !passes(form) || Date.now() - told < EVERY) return;
  told = Date.now();
  const headers = { "X-CSRF-Token": document.body.dataset.csrf };
  // Lost is lost: the next letter tells it again.
  fetch(`${root()}/desk/cases/${form.dataset.case}/typing`, { method: "POST", headers }).catch(() => {});
});

document.addEventListener("hub:typing", (event) => {
  const form = document.querySelector(`[data-composer][data-case="${event.detail}"]`);
  const sign = form?.querySelector("[data-types]");
  if (!sign) return;
  sign.hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => { sign.hidden = true; }, FADES);
});
