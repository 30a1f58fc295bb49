// `t.me/<bot>?start=<payload>`, with or without a scheme, and `tg://resolve`.

export function parseLink(text) {
  const short = /^(?:https?:\/\/)?(?:t|telegram)\.me\/(\w{3,32})(?:\?(.*))?$/i.exec(text.trim());
  const long = /^tg:\/\/resolve\?(.*)$/i.exec(text.trim());
  if (short) return { bot: short[1], start: new URLSearchParams(short[2] ?? "").get("start") ?? "" };
  if (!long) return null;
  const asked = new URLSearchParams(long[1]);
  const bot = asked.get("domain");
  return bot ? { bot, start: asked.get("start") ?? "" } : null;
}
