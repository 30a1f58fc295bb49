// What happens elsewhere reaches the page by itself. One tab holds the stream for all tabs: a
// browser opens six connections to a server, and every tab would keep one for good.
import { root } from "./place.js";

const PATIENCE = 2_500;
const line = document.getElementById("line");
const channel = new BroadcastChannel(`hub.live${root()}`);
let cut = 0;
let connected = true;

export function chime() {
  if (localStorage.getItem("hub.sound") === "off") return;
  // A page that nobody has touched yet may not make sounds; another tab may.
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
  // One tab speaks for all.
  if (Date.now() - Number(localStorage.getItem("hub.chimed")) < 1_000) return;
  localStorage.setItem("hub.chimed", Date.now());
  try {
    const context = new AudioContext();
    for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, context.currentTime + at);
      volume.gain.exponentialRampToValueAtTime(0.12, context.currentTime + at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + at + 0.3);
      tone.connect(volume).connect(context.destination);
      tone.start(context.currentTime + at);
      tone.stop(context.currentTime + at + 0.32);
    }
    setTimeout(() => context.close(), 800);
  } catch { /* no sound then */ }
}

/** Whether we are connected. A blink of the connection is nobody's business. */
function state(open) {
  connected = open;
  if (open) {
    clearTimeout(cut);
    cut = 0;
    line.hidden = true;
  } else if (!cut) {
    cut = setTimeout(() => { line.hidden = false; }, PATIENCE);
  }
}

function hear(message) {
  state(message.open ?? true);
  // Something may have happened since the page was made, or while nobody listened.
  if (message.kind === "state") return message.open && tell("*");
  if (message.kind === "typing") return document.dispatchEvent(new CustomEvent("hub:typing", { detail: message.case }));
  if (message.call) return called(message);
  tell(message.case);
  if (message.loud) chime();
}

/** A call changed, or one that is owed: the log shows it, the window asks who calls. */
function called(message) {
  document.body.dispatchEvent(new CustomEvent("hub:log"));
  if (message.mine) document.body.dispatchEvent(new CustomEvent("hub:calls"));
}

function tell(number) {
  if (number === "*") called({ mine: true });
  document.body.dispatchEvent(new CustomEvent("hub:list"));
  const open = document.querySelector(".case")?.dataset.number;
  if (open && (number === "*" || String(number) === open || document.querySelector(`[data-merged~="${number}"]`)))
    document.body.dispatchEvent(new CustomEvent(`hub:case:${open}`));
}

function lead() {
  return new Promise(() => {
    const say = (message) => { channel.postMessage(message); hear(message); };
    const source = new EventSource(`${root()}/desk/live`);
    source.addEventListener("open", () => say({ kind: "state", open: true }));
    source.addEventListener("error", () => {
      say({ kind: "state", open: false });
      // Refused, not broken: the session is over.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), PATIENCE);
    });
    source.addEventListener("case", (event) => say({ kind: "case", ...JSON.parse(event.data) }));
    source.addEventListener("typing", (event) => say({ kind: "typing", ...JSON.parse(event.data) }));
    source.addEventListener("missed", () => say({ kind: "case", case: "*" }));
    addEventListener("pagehide", () => source.close(), { once: true });
  });
}

function badge() {
  const mine = document.getElementById("badge-mine");
  const count = mine && !mine.hidden ? mine.textContent.trim() : "";
  document.title = count ? `(${count}) ${document.title.replace(/^\(\d+\+?\) /, "")}` : document.title.replace(/^\(\d+\+?\) /, "");
  const icon = document.querySelector("link[rel=icon]");
  const wanted = count ? icon.href.replace("favicon.svg", "favicon-new.svg") : icon.href.replace("favicon-new.svg", "favicon.svg");
  if (icon.href !== wanted) icon.href = wanted;
}

channel.addEventListener("message", (event) => hear(event.data));
if (document.querySelector("[data-live]")) {
  if (navigator.locks) navigator.locks.request(`hub.live${root()}`, lead);
  else lead();
}
addEventListener("offline", () => { line.hidden = false; });
// A stream that outlived the break says nothing of its own accord.
addEventListener("online", () => { line.hidden = connected; });
document.addEventListener("htmx:after:swap", badge);
badge();
