// All words stand in the page's template; here they are only put together.

export const words = JSON.parse(document.getElementById("words").textContent);
const plural = new Intl.PluralRules("ru");
const ORDER = { one: 0, few: 1, many: 2, other: 2 };

export function say(pattern, values = {}) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function count(forms, n) {
  return say(forms[ORDER[plural.select(n)]], { n });
}

const clock = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long" });

export function time(seconds) {
  return clock.format(new Date(seconds * 1000));
}

export function dayKey(seconds) {
  return new Date(seconds * 1000).toDateString();
}

export function day(seconds) {
  const key = dayKey(seconds);
  const now = Date.now() / 1000;
  if (key === dayKey(now)) return words.today;
  if (key === dayKey(now - 86400)) return words.yesterday;
  return calendar.format(new Date(seconds * 1000));
}

export function size(bytes) {
  let at = 0;
  while (bytes >= 1024 && at < words.sizes.length - 1) {
    bytes /= 1024;
    at += 1;
  }
  return `${bytes < 10 && at ? bytes.toFixed(1).replace(".", ",") : Math.round(bytes)} ${words.sizes[at]}`;
}
