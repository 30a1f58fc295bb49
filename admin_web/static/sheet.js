// Sheets (<dialog>): filled by htmx, opened when filled, closed when their question is answered.
const dialog = document.getElementById("dialog");

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail.ctx.target;
  if (target === dialog && dialog.childElementCount) {
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
  }
});
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement.matches?.("[data-sheet]") && ctx.response.status < 400) dialog.close();
});
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-open]");
  if (opener) document.querySelector(opener.dataset.open)?.showModal();
  if (event.target.closest?.("[data-help]")) document.getElementById("help").showModal();
  if (event.target.closest?.("[data-close]") || event.target.matches?.("dialog.sheet"))
    event.target.closest("dialog")?.close();
});
dialog?.addEventListener("close", () => dialog.replaceChildren());
