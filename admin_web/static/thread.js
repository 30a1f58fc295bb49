// A thread opens at its end and stays there while new messages come, unless somebody reads above.
const NEAR = 80;
let shown = "";
let atEnd = true;

const body = () => document.getElementById("case-body");

function settle(force) {
  const box = body();
  if (!box?.querySelector("[data-thread]")) return;
  const id = box.querySelector("[data-thread]").id;
  if (force || id !== shown || atEnd) box.scrollTop = box.scrollHeight;
  shown = id;
}

document.addEventListener(
  "scroll",
  (event) => {
    const box = body();
    if (event.target === box) atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  },
  true,
);
document.addEventListener("htmx:after:settle", () => settle(false));
document.addEventListener("htmx:after:swap", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  settle(Boolean(sourceElement?.matches?.("[data-composer]") && response?.status < 400));
});
settle(true);

// Older entries that somebody asked for stay in sight when the case is drawn anew.
document.addEventListener("htmx:config:request", (event) => {
  const number = document.querySelector(".case")?.dataset.number;
  const thread = body()?.querySelector("[data-thread]");
  if (!number || !thread?.querySelector("[data-older]")) return;
  const first = thread.querySelector(`[id^="entry-${number}-"]`);
  if (first) event.detail.ctx.request.headers["X-Thread-From"] = first.id.slice("entry-".length);
});
