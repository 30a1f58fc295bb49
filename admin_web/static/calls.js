// The window of a call: rings, is put away by ×, and looks again whether it still rings.
import { chime } from "./live.js";
import { root } from "./place.js";

const box = document.getElementById("ringing");
const AGAIN = 15_000;
const RING = 3_000;
const RINGS = 6;
let look = 0;
let bell = 0;
let rung = 0;

/** Windows that this person has put away stay away, on every page of this tab. */
const away = {
  all: () => JSON.parse(sessionStorage.getItem("hub.rings") ?? "[]"),
  add: (name) => sessionStorage.setItem("hub.rings", JSON.stringify([...away.all().slice(-30), name])),
};

function ring() {
  if (!box.querySelector("[data-ringing]") || rung >= RINGS) return hush();
  rung += 1;
  chime();
}

function hush() {
  clearInterval(bell);
  bell = 0;
}

function shown() {
  const gone = away.all();
  for (const one of box.querySelectorAll("[data-ring]")) if (gone.includes(one.dataset.ring)) one.remove();
  clearTimeout(look);
  // The word that it has ended may be lost.
  if (box.childElementCount) look = setTimeout(() => document.body.dispatchEvent(new CustomEvent("hub:calls")), AGAIN);
  if (!box.querySelector("[data-ringing]")) {
    rung = 0;
    hush();
  } else if (!bell && rung < RINGS) {
    ring();
    bell = setInterval(ring, RING);
  }
}

// Wherever a number stands on a page, it is called by the exchange if this person has a telephone.
document.addEventListener("click", (event) => {
  const number = event.target.closest?.('a[href^="tel:"]');
  if (!number || document.body.dataset.dials === undefined) return;
  event.preventDefault();
  htmx.ajax("POST", `${root()}/desk/calls/dial`, {
    source: number, target: "#toasts", swap: "beforeend", values: { number: number.getAttribute("href").slice(4) },
  });
});

if (box) {
  document.addEventListener("htmx:after:swap", (event) => { if (event.detail.ctx.target === box) shown(); });
  box.addEventListener("click", (event) => {
    const one = event.target.closest("[data-ring-close]")?.closest("[data-ring]");
    if (!one) return;
    away.add(one.dataset.ring);
    one.remove();
    shown();
  });
}
