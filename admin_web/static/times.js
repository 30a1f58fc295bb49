// Deadlines go on counting while a page is open.
import { word } from "./words.js";

const MINUTE = 60_000;
const SOON = 2 * 60 * MINUTE;

/** «1 ч 20 мин» of a time in milliseconds; the same rounding as the server's. */
export function amount(milliseconds) {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE));
  const days = Math.floor(minutes / 1440);
  if (days) return word("day", days);
  const hours = Math.floor(minutes / 60);
  const parts = [];
  if (hours) parts.push(word("hour", hours));
  if (minutes % 60) parts.push(word("minute", minutes % 60));
  return parts.join(" ");
}

function refresh() {
  for (const mark of document.querySelectorAll("[data-until]")) {
    const left = Date.parse(mark.dataset.until) - Date.now();
    // Whole days are worded by the server, with the right plural.
    if (Math.abs(left) >= 24 * 60 * MINUTE) continue;
    const late = left < 0;
    mark.classList.toggle("late", late);
    mark.classList.toggle("soon", !late && left < SOON);
    mark.textContent = word(late ? "late" : "left", amount(Math.abs(left)));
  }
}

setInterval(refresh, 20_000);
document.addEventListener("visibilitychange", refresh);
