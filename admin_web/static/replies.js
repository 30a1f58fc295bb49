// The editor of quick replies: a click on a variable writes it where the cursor stands.
document.addEventListener("click", (event) => {
  const name = event.target.closest?.("[data-variable]")?.dataset.variable;
  const text = name && document.querySelector("[data-variables-target]");
  if (!text || text.matches(":disabled")) return;
  text.setRangeText(name, text.selectionStart, text.selectionEnd, "end");
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
});
