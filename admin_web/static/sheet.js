// Sheets (<dialog>): filled by htmx, opened when filled, closed when their question is answered.
const dialog = document.getElementById("dialog");

// What is sent to somebody can be sent once all that is asked for is filled in.
const gate = (form) => {
  const send = form.querySelector(".btn-primary");
  if (send) send.disabled = form.matches(":invalid");
};
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-once-filled]");
  if (form) gate(form);
});

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail.ctx.target;
  if (target === dialog && dialog.childElementCount) {
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
    dialog.querySelectorAll("form[data-once-filled]").forEach(gate);
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
