// The page that lets nobody in can at least be closed.
import { inside, tell } from "./telegram.js";

const button = document.querySelector("[data-shut]");
tell("web_app_ready");
tell("web_app_setup_back_button", { is_visible: false });
button.hidden = !inside;
button.addEventListener("click", () => tell("web_app_close"));
