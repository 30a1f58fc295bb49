// Loaded before the first paint: the Mini App looks as Telegram does around it.
// What Telegram says at the opening stands behind the # of the address and is kept for the pages
// that follow; it says no more than colours and on what it runs.
(() => {
  const KEY = "hub.mini";
  const READABLE = 4.5;

  function kept() {
    try { return JSON.parse(sessionStorage.getItem(KEY)) ?? {}; } catch { return {}; }
  }

  function keep(known) {
    try { sessionStorage.setItem(KEY, JSON.stringify(known)); } catch { /* looks as the system then */ }
    return known;
  }

  const light = (colour) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  /** Colours of the person's Telegram, where they can be read on each other. */
  function dress(theme) {
    const page = document.documentElement;
    const colours = Object.fromEntries(Object.entries(theme ?? {}).filter(([, value]) => /^#[0-9a-f]{6}$/i.test(value)));
    const { bg_color: paper, text_color: ink } = colours;
    const dark = paper ? light(paper) < 0.18 : matchMedia("(prefers-color-scheme: dark)").matches;
    page.dataset.theme = page.dataset.bsTheme = dark ? "dark" : "light";
    for (const name of ["surface", "raised", "canvas", "sunken", "text", "muted", "accent", "accent-hover", "on-accent", "accent-text", "late", "line"])
      page.style.removeProperty(`--${name}`);
    if (!paper || !ink || contrast(paper, ink) < READABLE) return;
    const behind = colours.secondary_bg_color && contrast(colours.secondary_bg_color, ink) >= READABLE ? colours.secondary_bg_color : paper;
    const put = (name, value) => page.style.setProperty(`--${name}`, value);
    const inks = (value) => value && contrast(value, paper) >= READABLE && contrast(value, behind) >= READABLE;
    for (const name of ["surface", "raised"]) put(name, paper);
    for (const name of ["canvas", "sunken"]) put(name, behind);
    put("text", ink);
    const quiet = [colours.subtitle_text_color, colours.hint_color].find(inks);
    if (quiet) put("muted", quiet);
    if (inks(colours.link_color)) put("accent-text", colours.link_color);
    if (inks(colours.destructive_text_color)) put("late", colours.destructive_text_color);
    const { button_color: button, button_text_color: words } = colours;
    if (button && words && contrast(button, words) >= READABLE) {
      put("accent", button);
      put("accent-hover", button);
      put("on-accent", words);
    }
    if (colours.section_separator_color) put("line", colours.section_separator_color);
  }

  function read(text) {
    try { return JSON.parse(text); } catch { return {}; }
  }

  const asked = new URLSearchParams(location.hash.slice(1));
  const known = asked.has("tgWebAppPlatform")
    ? keep({ platform: asked.get("tgWebAppPlatform"), theme: read(asked.get("tgWebAppThemeParams") ?? "{}") })
    : kept();
  dress(known.theme);
  if (known.platform) document.documentElement.dataset.telegram = known.platform;
  document.addEventListener("hub:theme", (event) => {
    keep({ ...kept(), theme: event.detail });
    dress(event.detail);
  });
})();
