// Files: chosen, dropped or pasted; sent at once with progress, named in the next message.
import { root } from "./place.js";
import { word } from "./words.js";

const composer = () => document.querySelector("[data-composer]");

function chip(file) {
  const box = document.createElement("span");
  box.className = "upload";
  box.dataset.running = "";
  const name = document.createElement("span");
  name.className = "cut grow";
  name.textContent = file.name;
  const progress = document.createElement("progress");
  progress.max = 1;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "link";
  remove.textContent = "×";
  remove.setAttribute("aria-label", word("remove"));
  box.append(name, progress, remove);
  return box;
}

function send(file) {
  const form = composer();
  if (!form) return;
  const box = chip(file);
  form.querySelector("[data-uploads]").append(box);
  const request = new XMLHttpRequest();
  const failed = () => {
    delete box.dataset.running;
    box.classList.add("bad");
    box.querySelector("progress")?.replaceWith(word("uploadFailed"));
  };
  box.querySelector("button").addEventListener("click", () => { request.abort(); box.remove(); });
  if (file.size > Number(form.dataset.max)) return failed();
  const body = new FormData();
  body.append("file", file);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) box.querySelector("progress").value = event.loaded / event.total;
  });
  request.addEventListener("error", failed);
  request.addEventListener("load", () => {
    if (request.status !== 201) return failed();
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "files";
    field.value = JSON.parse(request.responseText).id;
    delete box.dataset.running;
    box.querySelector("progress").remove();
    box.append(field);
  });
  request.open("POST", `${root()}/desk/files`);
  request.setRequestHeader("X-CSRF-Token", document.body.dataset.csrf);
  request.send(body);
}

const sendAll = (files) => { for (const file of files) send(file); };

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-upload]")) return;
  sendAll(event.target.files);
  event.target.value = "";
});
const carries = (event) => event.dataTransfer?.types.includes("Files") && composer();
document.addEventListener("dragover", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  document.querySelector(".case")?.classList.add("dragging");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.querySelector(".case")?.classList.remove("dragging");
});
document.addEventListener("drop", (event) => {
  document.querySelector(".case")?.classList.remove("dragging");
  if (!carries(event)) return;
  event.preventDefault();
  sendAll(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  if (event.target.closest?.("[data-composer]") && event.clipboardData.files.length)
    sendAll(event.clipboardData.files);
});
