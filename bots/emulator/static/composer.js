// What stands under the messages: words, replies, edits, files, voice and the bot's keys.

import { send, upload } from "./api.js";
import { el, icon, popup } from "./dom.js";
import { Recorder } from "./voice.js";
import { say, words } from "./words.js";

const ACCEPT = { photo: "image/*", video: "video/*", voice: "audio/*", document: "" };

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.root = phone.root;
    const find = (selector) => this.root.querySelector(selector);
    this.form = find(".composer");
    this.input = find("textarea");
    this.asked = find(".asked");
    this.keys = find(".reply-keys");
    this.picker = find(".picker");
    this.offers = find(".offers");
    this.toggle = find(".keys-toggle");
    this.mic = find(".mic");
    this.sendButton = find(".send");
    this.menuButton = find(".bot-menu");
    this.replyTo = null;
    this.editing = null;
    this.keysShown = true;
    this.recorder = new Recorder(this.root, (blob, seconds) => this.files("voice", [blob], seconds),
      () => { phone.toast(words.mic_denied); this.pick("voice"); });
    this.listen(find);
  }

  listen(find) {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.input.addEventListener("input", () => { this.grow(); this.offer(); });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
      if (event.key === "Escape") this.forget();
      if (event.key === "ArrowUp" && !this.input.value) this.phone.editLast();
    });
    this.input.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) { event.preventDefault(); this.take(event.clipboardData.files); }
    });
    find(".asked-off").addEventListener("click", () => this.forget());
    const menu = find(".attach-menu");
    this.menu = popup(menu, find(".attach"));
    find(".attach").addEventListener("click", () => this.menu.toggle());
    for (const button of menu.querySelectorAll("[data-kind]")) {
      button.addEventListener("click", () => { this.menu.close(); this.pick(button.dataset.kind); });
    }
    for (const button of menu.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => { this.menu.close(); this.phone.act(button.dataset.do); });
    }
    this.picker.addEventListener("change", () => {
      this.files(this.picker.dataset.kind, [...this.picker.files]);
      this.picker.value = "";
    });
    this.menuButton.addEventListener("click", () => this.pressMenu());
    this.mic.addEventListener("click", () => this.recorder.toggle());
    this.toggle.addEventListener("click", () => { this.keysShown = !this.keysShown; this.keyboard(this.phone.chat.keyboard); });
    this.root.addEventListener("dragover", (event) => { event.preventDefault(); this.root.classList.add("dropping"); });
    this.root.addEventListener("dragleave", () => this.root.classList.remove("dropping"));
    this.root.addEventListener("drop", (event) => {
      event.preventDefault();
      this.root.classList.remove("dropping");
      this.take(event.dataTransfer.files);
    });
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight}px`;
    const filled = this.input.value.trim() !== "" || this.editing;
    this.sendButton.hidden = !filled;
    this.mic.hidden = Boolean(filled);
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text && !this.editing) return;
    const { replyTo, editing } = this;
    const done = editing
      ? await this.phone.tell("edit", { message_id: editing.id, text })
      : await this.phone.tell("text", { text, reply_to: replyTo?.id, thread: this.phone.thread });
    if (done) {
      this.input.value = "";
      this.forget();
    }
  }

  ask(title, message, text = "") {
    const quote = this.asked.querySelector(".quote");
    quote.replaceChildren(el("b", { text: title }), text || message.text || words.media[message.media?.kind] || "");
    this.asked.hidden = false;
    this.input.focus({ preventScroll: true });
  }

  reply(message) {
    this.forget();
    this.replyTo = message;
    this.ask(say(words.reply_to, { name: message.from.id === this.phone.me ? words.you : message.from.name }), message);
  }

  edit(message) {
    this.forget();
    this.editing = message;
    this.ask(words.editing, message);
    this.input.value = message.text;
    this.grow();
  }

  forget() {
    if (this.editing) this.input.value = "";
    this.replyTo = null;
    this.editing = null;
    this.asked.hidden = true;
    this.offers.hidden = true;
    this.grow();
  }

  pick(kind) {
    this.picker.accept = ACCEPT[kind];
    this.picker.dataset.kind = kind;
    this.picker.click();
  }

  take(files) {
    const list = [...files];
    if (!list.length || this.form.hidden) return;
    this.files(list.every((file) => file.type.startsWith("image/")) ? "photo" : "document", list);
  }

  async files(kind, list, seconds = 0) {
    if (!list.length) return;
    const form = new FormData();
    form.append("kind", kind);
    form.append("caption", this.editing ? "" : this.input.value);
    if (this.replyTo) form.append("reply_to", this.replyTo.id);
    if (this.phone.thread) form.append("thread", this.phone.thread);
    if (seconds) form.append("duration", Math.round(seconds));
    for (const file of list.slice(0, 10)) form.append("file", file, file.name || "voice.webm");
    const done = await this.phone.tried(() => upload(`${this.phone.path}/files`, form));
    if (done && !this.editing) {
      this.input.value = "";
      this.forget();
    }
  }

  keyboard(keyboard) {
    const rows = keyboard?.keyboard ?? [];
    this.toggle.hidden = !rows.length;
    this.toggle.setAttribute("aria-pressed", String(this.keysShown));
    this.keys.hidden = !rows.length || !this.keysShown;
    this.input.placeholder = keyboard?.input_field_placeholder || this.phone.placeholder;
    this.keys.replaceChildren(...rows.map((row) => el("div", {}, ...row.map((button) =>
      el("button", { type: "button", text: button.text, onclick: () => this.key(button) })))));
  }

  // Beside the input field: the bot's page, or the list of its commands.
  offerMenu(chat) {
    const app = chat.menu?.type === "web_app" && chat.menu;
    const any = chat.commands[this.phone.me]?.length > 0 && chat.kind === "private";
    this.menuButton.hidden = !app && !any;
    this.menuButton.classList.toggle("plain", !app);
    this.menuButton.setAttribute("aria-label", app ? app.text : words.commands);
    this.menuButton.replaceChildren(app ? app.text : icon("menu"));
  }

  pressMenu() {
    if (this.phone.chat.menu?.type === "web_app") return this.phone.openApp();
    this.input.value = this.offers.hidden ? "/" : "";
    this.input.focus();
    this.grow();
    return this.commands();
  }

  key(button) {
    if (button.web_app) return this.phone.openApp(button.text);
    if (button.request_contact) return this.phone.tell("contact", {});
    if (button.request_location) return this.phone.act("location");
    return this.phone.tell("text", { text: button.text, thread: this.phone.thread });
  }

  // «/» lists what the bot offers in its menu.
  commands() {
    const asked = /^\/(\w*)$/.exec(this.input.value);
    const found = asked ? (this.phone.chat.commands[this.phone.me] ?? []).filter((each) => each.command.startsWith(asked[1])) : [];
    this.list(found.map((each) => [`/${each.command}`, each.description, () =>
      this.phone.tell("text", { text: `/${each.command}`, thread: this.phone.thread })]));
    return Boolean(asked);
  }

  list(rows) {
    this.offers.hidden = !rows.length;
    this.offers.replaceChildren(...rows.map(([title, about, act]) => el("button", { type: "button", role: "option",
      onclick: async () => {
        await act();
        this.input.value = "";
        this.forget();
      } }, el("span", { text: title }), el("small", { text: about }))));
  }

  // «@bot words» asks the bot what it offers, as inline mode does.
  async offer() {
    if (this.commands()) return;
    const asked = /^@(\w+)\s+(.*)$/s.exec(this.input.value);
    const typed = this.input.value;
    const bot = asked && this.phone.knownBot(asked[1]);
    if (!bot) return;
    await new Promise((done) => setTimeout(done, 300));
    if (this.input.value !== typed) return;
    const answer = await send(`${this.phone.path}/inline`, { bot, query: asked[2], wait: 5 }).catch(() => ({}));
    if (this.input.value !== typed) return;
    this.list((answer.results ?? []).map((result) => [result.title, result.description, () =>
      this.phone.tell("choose", { bot, query: asked[2], result })]));
  }
}

