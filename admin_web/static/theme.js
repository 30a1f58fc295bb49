// Loaded before the first paint, so that no page flashes in the other theme.
(() => {
  const kept = localStorage.getItem("hub.theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const show = (choice) => {
    const theme = choice || (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    document.documentElement.dataset.bsTheme = theme;
  };
  show(kept);
  system.addEventListener("change", () => show(localStorage.getItem("hub.theme")));
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    // The system's own choice is followed again as soon as it is chosen by hand.
    if (next === (system.matches ? "dark" : "light")) localStorage.removeItem("hub.theme");
    else localStorage.setItem("hub.theme", next);
    show(next);
  });
})();
