// Menus (<details>) close by themselves; the drawer of properties; small switches.
import { toast } from "./toasts.js";
import { word } from "./words.js";

const menus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  const target = event.target;
  for (const menu of menus()) {
    const inside = menu.contains(target);
    const chosen = inside && target.closest(".menu-box > :is(a, button)");
    if (!inside || chosen) menu.open = false;
    // What was pressed is hidden now; a sheet gives the focus back to what is still there.
    if (chosen) menu.querySelector("summary").focus();
  }
  if (target.closest?.("[data-drawer-switch]"))
    document.getElementById("pane")?.toggleAttribute("data-drawer");
  const copy = target.closest?.("[data-copy]");
  if (copy) {
    const text = document.querySelector(copy.dataset.copy)?.textContent ?? "";
    navigator.clipboard?.writeText(text).then(() => toast(word("copied")));
  }
  if (target.closest?.("[data-sound-switch]")) {
    const off = localStorage.getItem("hub.sound") === "off";
    localStorage.setItem("hub.sound", off ? "on" : "off");
    toast(word(off ? "soundOn" : "soundOff"));
  }
});
// What somebody unfolded stays so when the page is drawn anew: the server knows nothing of it.
htmx.config.morphIgnore = [...htmx.config.morphIgnore, "open"];
// On a phone the sections of settings are one line that scrolls: the open one stands in sight.
document.querySelector(".admin-menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  document.getElementById("pane")?.removeAttribute("data-drawer");
});
