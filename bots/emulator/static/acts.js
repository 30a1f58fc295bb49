// What a person does at a phone; what comes of it is told by events.

import { Refused, send, upload } from "./api.js";
import { el } from "./dom.js";
import { parseGroupLink, parseLink } from "./links.js";
import { say, words } from "./words.js";

export class Acts {
  async tried(act) {
    try {
      return await act();
    } catch (error) {
      this.toast(error instanceof Refused ? say(words.failed, { why: words.why[error.message] ?? error.message }) : words.offline);
      return null;
    }
  }

  tell(what, body) { return this.tried(() => send(`${this.path}/${what}`, body)); }

  act(what) {
    if (what === "location") {
      const [latitude, longitude] = words.place_prompt;
      return this.tell("location", { latitude, longitude, thread: this.thread });
    }
    if (what === "live") {
      const [latitude, longitude] = words.place_prompt;
      return this.tell("location", { latitude, longitude, thread: this.thread, live: 3600 });
    }
    return this.tell(what, {});
  }

  instead() {
    const moved = this.chats.find((chat) => chat.id === this.chat.migrated_to || chat.ref === String(this.chat.migrated_to));
    if (this.chat.migrated_to) return moved && this.select(moved);
    return this.tell(this.chat.blocked ? "unblock" : "start", {});
  }

  reply(message) { if (!this.composer.form.hidden) this.composer.reply(message); }
  edit(message) { this.composer.edit(message); }
  remove(message) { return this.tell("delete", { message_id: message.id }); }
  react(message, emoji) { return this.tell("react", { message_id: message.id, emoji }); }

  editLast() {
    const own = this.messages?.filter((message) => message.from.id === this.me && message.text).at(-1);
    if (own) this.edit(own);
  }

  async press(message, row, column, button, key) {
    if (key.switch_inline_query_current_chat !== undefined) {
      this.composer.input.value = `@${this.chat.bots[0].username} ${key.switch_inline_query_current_chat}`;
      this.composer.input.focus();
      this.composer.grow();
      return this.composer.offer();
    }
    if (key.copy_text) return navigator.clipboard?.writeText(key.copy_text.text);
    button.setAttribute("aria-busy", "true");
    const body = await this.tell("press", { message_id: message.id, row, column });
    button.removeAttribute("aria-busy");
    if (!body) return;
    const { text, alert, url, app } = body.answer;
    if (app) return this.app.open(app);
    if (text === undefined && !url) this.toast(words.no_answer);
    else if (alert) this.alarm(text);
    else if (text) this.toast(text);
    if (url) this.open(url);
  }

  // The bot's page: by the button beside the input field, or by a key of the bot's keyboard.
  async openApp(label = "") {
    const body = await this.tell("app", { label });
    if (body) this.app.open(body.app, label);
  }

  pin(message) { return this.tell("pin", { message_id: message.id, off: this.chat.pinned.includes(message.id) }); }
  forward(message, to) { return this.tell("forward", { message_id: message.id, to }); }

  move(message) {
    const { latitude, longitude } = message.location;
    return this.tell("move", { message_id: message.id, latitude: latitude + 0.0005, longitude: longitude + 0.0005 });
  }

  // Another file in the place of the one that was sent.
  refile(message) {
    const picker = el("input", { type: "file" });
    picker.addEventListener("change", () => {
      const form = new FormData();
      form.append("kind", message.media.kind);
      form.append("file", picker.files[0]);
      this.tried(() => upload(`${this.path}/messages/${message.id}/file`, form));
    });
    picker.click();
  }

  alarm(text) {
    const box = this.find(".alert");
    box.querySelector("p").textContent = text;
    box.showModal();
  }

  toast(text) {
    const box = this.find(".toast");
    box.textContent = text;
    box.hidden = false;
    clearTimeout(this.toasted);
    this.toasted = setTimeout(() => { box.hidden = true; }, 4000);
  }

  jump(id) {
    const item = this.items.get(id);
    if (!item) return;
    item.li.scrollIntoView({ block: "center" });
    item.li.classList.add("flash");
    setTimeout(() => item.li.classList.remove("flash"), 1200);
  }

  // A link in a message: t.me is opened here, a command is sent, the rest goes to a new tab.
  follow(event, target) {
    event.stopPropagation();
    if (target.startsWith("/")) {
      event.preventDefault();
      this.tell("text", { text: target, thread: this.thread });
    } else if (parseLink(target)) {
      event.preventDefault();
      this.open(target);
    } else if (parseGroupLink(target)) {
      event.preventDefault();
      this.visit(parseGroupLink(target));
    }
  }

  // `t.me/c/…`: a message or a topic of a group that this person is in.
  async visit({ chat: id, thread, message }) {
    const chat = this.chats.find((each) => each.ref === id);
    if (!chat) return this.toast(words.why["no such chat"]);
    await this.select(chat, chat.is_forum ? thread ?? 0 : null);
    if (message) this.jump(message);
  }

  async open(target) {
    const link = parseLink(target);
    if (!link) return this.toast(words.bad_link);
    const bot = this.knownBot(link.bot);
    if (!bot) return this.toast(say(words.no_such_bot, { name: link.bot }));
    const done = await this.tried(() => send(`/people/${this.me}/chats/${bot}/start`, { payload: link.start }));
    if (!done) return null;
    const chat = this.chats.find((each) => each.ref === bot);
    if (chat && chat.key !== this.chat?.key) this.select(chat);
    return done;
  }

  knownBot(name) {
    return this.host.bots.find((bot) => bot.username.toLowerCase() === name.toLowerCase())?.username;
  }
}
