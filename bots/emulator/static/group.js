// What can be done in a group: topics, members, the move to a supergroup.

import { send } from "./api.js";
import { ask } from "./ask.js";
import { el } from "./dom.js";
import { say, words } from "./words.js";

function acts(phone) {
  const { chat, thread } = phone;
  const say_ = words.group_acts;
  const found = [];
  const put = (label, act, risky = false) => found.push({ label, act, risky });
  if (chat.is_forum) put(say_.topic_new, async () => {
    const name = await ask(say_.topic_new);
    const made = name && await phone.tell("topic_new", { name });
    if (made) phone.enter(made.thread);
  });
  const topic = chat.topics.find((each) => each.id === thread);
  if (topic) {
    put(say_.topic_name, async () => {
      const name = await ask(say_.topic_name, topic.name);
      if (name) await phone.tell("topic_name", { thread, name });
    });
    put(topic.closed ? say_.topic_open : say_.topic_close,
      () => phone.tell("topic_close", { thread, closed: !topic.closed }));
    put(say_.topic_delete, async () => { if (await phone.tell("topic_delete", { thread })) phone.enter(null); }, true);
  }
  if (chat.kind === "group" && !chat.migrated_to)
    put(say_.migrate, () => phone.tried(() => send(`/groups/${chat.ref}/migrate`)));
  for (const bot of chat.bots) {
    const admin = chat.admins.includes(bot.id);
    put(say(admin ? say_.rights_off : say_.rights_on, bot), () => phone.tell("bot_rights", { bot: bot.username, admin: !admin }));
    put(say(say_.bot_remove, bot), () => phone.tell("bot_remove", { bot: bot.username }), true);
  }
  for (const bot of phone.host.bots.filter((each) => !chat.bots.some((inside) => inside.id === each.id)))
    put(say(say_.bot_add, bot), () => phone.tell("bot_add", { bot: bot.username }));
  put(say_.leave, () => phone.tell("leave", {}), true);
  return found;
}

/** Fill the place in the phone's menu. */
export function groupMenu(phone, place) {
  place.replaceChildren(...(phone.group ? acts(phone) : []).map(({ label, act, risky }) =>
    el("button", { type: "button", role: "menuitem", class: risky ? "risky" : "", text: label,
      onclick: () => { phone.menu.close(); act(); } })));
}
