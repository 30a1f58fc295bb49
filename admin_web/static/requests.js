// Requests of htmx: the busy line, what is said when one fails, sessions that ended.
import { toast } from "./toasts.js";
import { word } from "./words.js";

const busy = document.getElementById("busy");
let open = 0;

const show = (change) => {
  open = Math.max(0, open + change);
  busy?.toggleAttribute("data-on", open > 0);
};

document.addEventListener("htmx:before:request", () => show(1));
document.addEventListener("htmx:finally:request", () => show(-1));
document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx && event.detail.error?.name !== "AbortError") toast(word("offline"), "bad");
});
