// One person's phone: the chats, the open one and what stands in it.

import { Acts } from "./acts.js";
import { App } from "./app.js";
import { get } from "./api.js";
import { draw } from "./bubble.js";
import { Composer } from "./composer.js";
import { clone, el, popup } from "./dom.js";
import { groupMenu } from "./group.js";
import { count, day, dayKey, say, words } from "./words.js";

export class Phone extends Acts {
  constructor(person, host) {
    super();
    this.person = person;
    this.host = host;
    this.me = person.id;
    this.root = clone("t-phone");
    this.root.id = `phone-${person.id}`;
    this.root.setAttribute("aria-label", person.full_name);
    this.find = (selector) => this.root.querySelector(selector);
    this.list = this.find(".messages");
    this.thread = null;
    this.items = new Map();
    this.unread = new Map();
    this.placeholder = this.find("textarea").placeholder;
    this.composer = new Composer(this);
    this.app = new App(this);
    for (const name of ["reply", "edit", "remove", "react", "press", "follow", "jump", "settle", "pin", "forward", "move", "refile"]) {
      this[name] = this[name].bind(this);
    }
    this.head();
    this.update(person);
  }

  head() {
    const { first_name, last_name, full_name } = this.person;
    this.find(".avatar").textContent = `${last_name[0] ?? ""}${first_name[0]}`;
    this.find("h2").textContent = full_name;
    const menu = this.find(".phone-menu");
    const opener = this.find(".menu-open");
    this.menu = popup(menu, opener);
    opener.addEventListener("click", () => { groupMenu(this, this.find(".group-acts")); this.menu.toggle(); });
    for (const button of menu.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => { this.menu.close(); this.act(button.dataset.do); });
    }
    this.find(".link-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = event.target.elements.link;
      this.open(field.value).then((done) => { if (done) { field.value = ""; this.menu.close(); } });
    });
    this.find(".back").addEventListener("click", () => this.enter(null));
    this.find(".pinned").addEventListener("click", () => this.jump(this.pinned()?.id));
    this.find(".instead").addEventListener("click", () => this.instead());
  }

  get path() { return `/people/${this.me}/chats/${this.chat.ref}`; }
  get group() { return this.chat.kind !== "private"; }

  update(person) {
    this.chats = person.chats;
    const first = this.chats.find((chat) => chat.ref === person.bot_username) ?? this.chats[0];
    const same = this.chat && this.chats.find((chat) => chat.key === this.chat.key);
    if (same ?? first) this.select(same ?? first);
  }

  async select(chat, thread = null) {
    this.chat = chat;
    this.thread = chat.is_forum ? thread : null;
    this.unread.delete(chat.key);
    this.items.clear();
    this.messages = null;
    this.early = [];
    this.chrome();
    const path = this.path;
    const body = await this.tried(() => get(`${path}/messages`));
    if (!body || path !== this.path) return;
    this.messages = body.messages;
    this.refill();
    // What was told while the answer was on its way may be newer than the answer.
    for (const event of this.early.splice(0)) this.hear(event);
  }

  refill() {
    this.items.clear();
    this.list.replaceChildren();
    this.lastDay = "";
    for (const message of this.messages) if (this.shows(message)) this.append(message);
    this.chrome();
    this.settle(true);
  }

  shows(message) {
    return !this.chat.is_forum || (this.thread === 0 ? !message.thread : message.thread === this.thread);
  }

  // The newest pinned message of what is open: each topic has its own.
  pinned() {
    const ids = this.chat.pinned;
    return this.messages?.filter((message) => ids.includes(message.id) && this.shows(message))
      .sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id)).at(-1);
  }

  // What depends on the chat and not on single messages.
  chrome() {
    const { chat } = this;
    const listing = chat.is_forum && this.thread === null;
    const topic = chat.topics.find((each) => each.id === this.thread);
    this.find(".who p").textContent = this.where(topic);
    this.find(".back").hidden = !chat.is_forum || listing;
    this.list.hidden = listing;
    this.find(".topics").hidden = !listing;
    if (listing) this.drawTopics();
    const bar = this.find(".chats");
    bar.hidden = this.chats.length < 2;
    bar.replaceChildren(...this.chats.map((each) => {
      const tab = el("button", { type: "button", role: "tab", "aria-selected": String(each.key === chat.key),
        text: each.title, onclick: () => this.select(each) });
      const n = this.unread.get(each.key);
      if (n) tab.append(el("span", { class: "badge", text: n, "aria-label": count(words.unread, n) }));
      return tab;
    }));
    const pinned = this.pinned();
    this.find(".pinned").hidden = !pinned || listing;
    this.find(".pinned span").textContent = pinned?.text ?? "";
    for (const [name, shown] of [["block", !chat.blocked], ["unblock", chat.blocked], ["start", true]]) {
      this.find(`.phone-menu [data-do=${name}]`).hidden = !shown || chat.kind !== "private";
    }
    this.composer.offerMenu(chat);
    this.bottom(listing);
  }

  bottom(listing) {
    const { chat } = this;
    let label = "";
    if (chat.blocked) label = words.unblock;
    else if (chat.migrated_to) label = words.moved;
    else if (!chat.started) label = words.start;
    const closed = listing || label !== "";
    this.find(".instead").hidden = !label;
    this.find(".instead").textContent = label;
    this.composer.form.hidden = closed;
    this.composer.keyboard(closed ? null : chat.keyboard);
    const nothing = !listing && !this.items.size;
    this.find(".empty").hidden = !nothing || !this.messages;
    this.find(".empty").textContent = chat.started ? words.empty : words.empty_new;
  }

  where(topic) {
    const { chat } = this;
    if (topic) return topic.name;
    if (chat.is_forum && this.thread === 0) return words.general;
    if (chat.kind !== "private") {
      const n = chat.people.length + chat.bots.length;
      return `${chat.is_forum ? words.group_topics : words.group} «${chat.title}» · ${n} ${count(words.members, n)}`;
    }
    const role = this.person.role_hint;
    return say(role ? words.chat_with : words.chat_with_plain, { role, bot: chat.title });
  }

  drawTopics() {
    const general = { id: 0, name: this.chat.general.name || words.general, closed: this.chat.general.closed };
    const all = [...(this.chat.general.hidden ? [] : [general]), ...this.chat.topics];
    this.find(".topics").replaceChildren(...all.map((topic) => {
      const inside = (this.messages ?? []).filter((m) => (topic.id ? m.thread === topic.id : !m.thread) && !m.service);
      const last = inside.at(-1)?.text ?? "";
      return el("button", { type: "button", onclick: () => this.enter(topic.id) },
        el("b", { text: `# ${topic.name}` }),
        el("small", { text: topic.closed ? `${words.closed} · ${last}` : last }));
    }));
  }

  enter(thread) {
    this.thread = thread;
    this.refill();
  }

  append(message) {
    if (dayKey(message.date) !== this.lastDay) {
      this.lastDay = dayKey(message.date);
      this.list.append(el("li", { class: "day", text: day(message.date) }));
    }
    const li = el("li");
    draw(li, message, this);
    this.items.set(message.id, { li, message });
    this.list.append(li);
  }

  // Stay at the end if one was there; otherwise leave the eye where it is.
  settle(force = false) {
    if (force === true || this.atEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  hear(event) {
    const mine = this.chats.find((chat) => chat.key === event.chat);
    if (event.kind === "chat") {
      if (!event.view.people.includes(this.me)) {
        if (mine) this.leave(mine);
        return;
      }
      if (mine) this.chats[this.chats.indexOf(mine)] = event.view;
      else this.chats.push(event.view);
      if (this.chat?.key === event.chat) this.chat = event.view;
      if (this.chat) this.chrome();
      else this.select(event.view);
      return;
    }
    if (!mine) return;
    if (event.chat !== this.chat?.key) {
      if (event.kind === "message") {
        this.unread.set(event.chat, (this.unread.get(event.chat) ?? 0) + 1);
        this.chrome();
      }
      return;
    }
    if (!this.messages) {
      this.early.push(event);
      return;
    }
    this.atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60;
    if (event.kind === "deleted") this.drop(event.id);
    else if (event.message) this.put(event.message);
    else if (event.kind === "action") this.typing();
  }

  // Where a message can be handed on to.
  ways() {
    const bots = this.host.bots.map(({ username, name }) => ({ ref: username, name }));
    const groups = this.chats.filter((chat) => chat.kind !== "private" && !chat.migrated_to).map(({ ref, title }) => ({ ref, name: title }));
    return [...bots, ...groups].filter(({ ref }) => ref !== this.chat.ref);
  }

  // The person is no longer in this group.
  leave(chat) {
    this.chats.splice(this.chats.indexOf(chat), 1);
    if (this.chat?.key === chat.key) this.select(this.chats[0]);
  }

  put(message) {
    const at = this.messages.findIndex((known) => known.id === message.id);
    if (at >= 0) {
      if (this.messages[at].seq >= message.seq) return;
      this.messages[at] = message;
    } else this.messages.push(message);
    const known = this.items.get(message.id);
    if (known) {
      known.message = message;
      draw(known.li, message, this);
    } else if (this.shows(message) && at < 0) {
      this.append(message);
      if (message.from.id === this.me) this.atEnd = true;
    }
    this.chrome();
    this.settle();
  }

  drop(id) {
    this.messages = this.messages.filter((message) => message.id !== id);
    this.items.get(id)?.li.remove();
    this.items.delete(id);
    this.chrome();
  }

  typing() {
    this.find(".who p").textContent = words.typing;
    clearTimeout(this.typed);
    this.typed = setTimeout(() => this.chrome(), 4000);
  }
}
