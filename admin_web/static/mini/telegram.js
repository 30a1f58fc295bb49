// Speaking with the Telegram around the page, as its own script does; that one is loaded from
// Telegram's servers, and nothing here comes from elsewhere.
// The events: https://core.telegram.org/api/web-events

const heard = new EventTarget();
const framed = window.parent !== window;

/** Whether there is a Telegram around us. */
export const inside = Boolean(window.TelegramWebviewProxy || framed);

/** Tell Telegram. Nothing that is told is a secret, hence any page around us may hear it. */
export function tell(type, data = {}) {
  if (window.TelegramWebviewProxy?.postEvent) window.TelegramWebviewProxy.postEvent(type, JSON.stringify(data));
  else if (framed) window.parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");
}

/** Hear Telegram. */
export function hear(type, act) {
  heard.addEventListener(type, (event) => act(event.detail));
}

function receive(type, data) {
  heard.dispatchEvent(new CustomEvent(type, { detail: data ?? {} }));
}

// Apps on phones and computers call these by name.
window.Telegram ??= {};
window.Telegram.WebView = { ...window.Telegram.WebView, receiveEvent: receive };
window.TelegramGameProxy = { receiveEvent: receive };
window.TelegramGameProxy_receiveEvent = receive;
// The web clients write to the frame.
addEventListener("message", (event) => {
  if (!framed || event.source !== window.parent || typeof event.data !== "string") return;
  try {
    const { eventType, eventData } = JSON.parse(event.data);
    if (typeof eventType === "string") receive(eventType, eventData);
  } catch { /* somebody else's message */ }
});

hear("theme_changed", ({ theme_params: theme }) =>
  document.dispatchEvent(new CustomEvent("hub:theme", { detail: theme })));
hear("reload_iframe", () => location.reload());
// What changed while a page was on its way was told to nobody.
tell("web_app_request_theme");
