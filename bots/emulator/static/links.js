// `t.me/<bot>?start=<payload>`, with or without a scheme, and `tg://resolve`.

// `t.me/c/<group>/<message>` and `t.me/c/<group>/<topic>/<message>`.
export function parseGroupLink(text) {
  const found = /^(?:https?:\/\/)?(?:t|telegram)\.me\/c\/(\d+)\/(\d+)(?:\/(\d+))?\/?$/i.exec(text.trim());
  if (!found) return null;
  const [, group, first, second] = found;
  return { chat: `-100${group}`, thread: second ? Number(first) : null, message: Number(second ?? first) };
}

export function parseLink(text) {
  const short = /^(?:https?:\/\/)?(?:t|telegram)\.me\/(\w{3,32})(?:\?(.*))?$/i.exec(text.trim());
  const long = /^tg:\/\/resolve\?(.*)$/i.exec(text.trim());
  if (short) return { bot: short[1], start: new URLSearchParams(short[2] ?? "").get("start") ?? "" };
  if (!long) return null;
  const asked = new URLSearchParams(long[1]);
  const bot = asked.get("domain");
  return bot ? { bot, start: asked.get("start") ?? "" } : null;
}
