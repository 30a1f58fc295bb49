// Words stand in the page's template, never in scripts.
const store = document.getElementById("words");

/** The text called `name` with `{…}` replaced by `value`. */
export const word = (name, value = "") =>
  (store?.dataset[name] ?? "").replace(/\{\w+\}/, String(value));
