// Hands on to the hub what Telegram put into the address, once.
import { tell } from "./telegram.js";

const form = document.getElementById("door");
const said = window.Telegram?.WebApp?.initData || new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");

if (said) {
  document.getElementById("opening").hidden = false;
  form.elements.data.value = said;
  // Browsers carry what stands behind the # along with every redirect unless it is left here.
  form.action = location.pathname + location.search;
  tell("iframe_ready", { reload_supported: true });
  tell("web_app_ready");
  form.submit();
} else {
  document.getElementById("elsewhere").hidden = false;
}
