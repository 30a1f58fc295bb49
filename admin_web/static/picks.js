// Rows that are picked to do something with all of them at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form");
  if (!form) return;
  const rows = [...form.querySelectorAll("[name=ids]")];
  if (event.target.matches("[data-pick-all]")) {
    for (const row of rows) row.checked = event.target.checked;
  } else if (event.target.matches("[name=ids]")) {
    const all = form.querySelector("[data-pick-all]");
    if (all) all.checked = rows.every((row) => row.checked);
  }
});
