// Everything a page does beyond htmx, one module per noun.
import "./calls.js";
import "./composer.js";
import "./keys.js";
import "./lengths.js";
import "./list.js";
import "./live.js";
import "./menus.js";
import "./picks.js";
import "./player.js";
import "./quick.js";
import "./replies.js";
import "./requests.js";
import "./sheet.js";
import "./thread.js";
import "./times.js";
import "./toasts.js";
import "./uploads.js";
