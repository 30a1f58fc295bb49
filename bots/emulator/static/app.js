// A Mini App over the phone: a page of the bot's owner in a frame, spoken with as Telegram's web
// client does. The events: https://core.telegram.org/api/web-events

import { clone } from "./dom.js";
import { parseLink } from "./links.js";

const NAMES = {
  bg_color: "--surface", secondary_bg_color: "--page", text_color: "--text", hint_color: "--dim",
  subtitle_text_color: "--dim", link_color: "--accent-text", accent_text_color: "--accent-text",
  header_bg_color: "--surface", section_bg_color: "--surface", section_separator_color: "--line",
  destructive_text_color: "--red",
};

function theme() {
  const style = getComputedStyle(document.documentElement);
  const found = Object.entries(NAMES).map(([name, token]) => [name, style.getPropertyValue(token).trim()]);
  return { ...Object.fromEntries(found), button_color: "#1f6feb", button_text_color: "#ffffff" };
}

// One at a time, as on a real device.
let shown = null;

export class App {
  constructor(phone) {
    this.phone = phone;
    this.hear = this.hear.bind(this);
  }

  // `app` is the address with what Telegram says of the person, and the bot's name; `label` is the
  // key of the bot's own keyboard that opened it, if one did.
  open(app, label = "") {
    shown?.close();
    shown = this;
    this.label = label;
    this.box = clone("t-app");
    this.frame = this.box.querySelector("iframe");
    this.box.querySelector("h3").textContent = app.name;
    this.box.setAttribute("aria-label", app.name);
    this.frame.title = app.name;
    this.box.querySelector(".app-close").addEventListener("click", () => this.close());
    this.back = this.box.querySelector(".app-back");
    this.back.addEventListener("click", () => this.tell("back_button_pressed"));
    this.box.querySelector(".app-again").addEventListener("click", () => this.tell("reload_iframe"));
    const about = new URLSearchParams({
      tgWebAppVersion: "9.0", tgWebAppPlatform: "weba", tgWebAppThemeParams: JSON.stringify(theme()),
    });
    addEventListener("message", this.hear);
    this.themes = new MutationObserver(() => this.dress());
    this.themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.frame.src = `${app.url}&${about}`;
    this.phone.root.append(this.box);
    this.box.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    this.box.querySelector(".app-close").focus();
  }

  close() {
    if (shown !== this) return;
    shown = null;
    removeEventListener("message", this.hear);
    this.themes.disconnect();
    this.box.remove();
  }

  dress() { this.tell("theme_changed", { theme_params: theme() }); }

  tell(eventType, eventData = {}) {
    this.frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), "*");
  }

  hear(message) {
    if (message.source !== this.frame.contentWindow || typeof message.data !== "string") return;
    let said;
    try { said = JSON.parse(message.data); } catch { return; }
    const data = said.eventData ?? {};
    const acts = {
      web_app_close: () => this.close(),
      web_app_setup_back_button: () => { this.back.hidden = !data.is_visible; },
      web_app_request_theme: () => this.dress(),
      web_app_request_viewport: () => this.tell("viewport_changed",
        { height: this.frame.clientHeight, width: this.frame.clientWidth, is_expanded: true, is_state_stable: true }),
      web_app_open_link: () => window.open(data.url, "_blank", "noopener,noreferrer"),
      web_app_open_tg_link: () => {
        this.close();
        if (parseLink(`t.me${data.path_full}`)) this.phone.open(`t.me${data.path_full}`);
      },
      web_app_data_send: () => {
        this.close();
        if (this.label) this.phone.tell("app_data", { label: this.label, data: data.data });
      },
    };
    acts[said.eventType]?.();
  }
}
