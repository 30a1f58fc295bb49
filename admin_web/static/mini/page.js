// What the desk's pages need inside Telegram: its back button, its way to open links, pictures
// in place (a new window there would be a browser that nobody has come into).
import { root } from "../place.js";
import { hear, inside, tell } from "./telegram.js";

const picture = document.getElementById("picture");
const opened = () => document.querySelector("dialog[open]");
const drawer = () => document.querySelector("#pane[data-drawer]");
const case_ = () => document.querySelector(".case, .missing");
const beside = () => !document.getElementById("list-body");
let shown = null;

function mark() {
  const wanted = Boolean(opened() || drawer() || case_() || beside());
  if (wanted === shown) return;
  shown = wanted;
  tell("web_app_setup_back_button", { is_visible: wanted });
}

function back() {
  if (opened()) opened().close();
  else if (drawer()) drawer().removeAttribute("data-drawer");
  else if (beside()) location.assign(`${root()}/desk`);
  else document.querySelector(".case .back, .missing .btn")?.click();
}

hear("back_button_pressed", back);
document.addEventListener("htmx:after:swap", mark);
// Dialogs and the drawer open and close without a request.
new MutationObserver(mark).observe(document.body, { subtree: true, childList: true, attributeFilter: ["open", "data-drawer"] });

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link) return;
  if (link.matches(".file-picture")) {
    event.preventDefault();
    const large = link.querySelector("img").cloneNode();
    large.addEventListener("click", () => picture.close());
    picture.replaceChildren(large);
    picture.showModal();
  } else if (inside && link.target === "_blank" && link.origin !== location.origin) {
    event.preventDefault();
    tell("web_app_open_link", { url: link.href });
  }
});

tell("iframe_ready", { reload_supported: true });
tell("web_app_ready");
tell("web_app_expand");
mark();
