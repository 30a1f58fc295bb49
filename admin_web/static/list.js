// Which case of the list is open.
function mark() {
  const { number: open, title } = document.querySelector(".case")?.dataset ?? {};
  if (title) document.title = (document.title.match(/^\(\d+\+?\) /)?.[0] ?? "") + title;
  for (const item of document.querySelectorAll(".item[data-case]")) {
    if (item.dataset.case === open) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  }
  if (open) document.querySelector(`.item[data-case="${open}"]`)?.classList.remove("unread");
  document.querySelector(".tab[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

mark();

document.addEventListener("htmx:after:swap", mark);
