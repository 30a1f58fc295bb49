// Light or dark: as the system says, until somebody chooses.

const KEY = "phones-theme";
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function kept() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}

export function startTheme(button) {
  const chosen = kept();
  if (chosen) root.dataset.theme = chosen;
  button.addEventListener("click", () => {
    const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    try { localStorage.setItem(KEY, root.dataset.theme); } catch { /* private window */ }
  });
}
