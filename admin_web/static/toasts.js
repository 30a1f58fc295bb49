// Short notices at the bottom; a toast with data-seconds counts down and can be undone meanwhile.
const SHOWN = 6_000;

/** Show a notice of our own. */
export function toast(text, kind = "") {
  const box = document.createElement("div");
  box.className = `toast-box ${kind}`;
  box.dataset.toast = "";
  box.textContent = text;
  document.getElementById("toasts")?.append(box);
}

function start(box) {
  const seconds = Number(box.dataset.seconds || 0);
  const count = box.querySelector(".count");
  let left = seconds || SHOWN / 1000;
  const tick = setInterval(() => {
    // Who is about to press is waited for.
    if (box.isConnected && box.matches(":hover, :focus-within")) return;
    left -= 1;
    if (count) count.textContent = left;
    if (left > 0 && box.isConnected) return;
    clearInterval(tick);
    box.remove();
  }, 1_000);
}

const place = document.getElementById("toasts");
if (place) {
  for (const box of place.children) start(box);
  new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes) if (node.nodeType === 1) start(node);
  }).observe(place, { childList: true });
  place.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]")?.remove();
  });
}
