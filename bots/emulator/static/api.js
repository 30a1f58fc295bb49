// Speaking with the control API of the local Telegram.

export class Refused extends Error {}

async function read(answer) {
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(body.error || String(answer.status));
  return body;
}

export async function get(path) {
  return read(await fetch(`/phones/api${path}`));
}

export async function send(path, body = {}, method = "POST") {
  const headers = { "Content-Type": "application/json" };
  return read(await fetch(`/phones/api${path}`, { method, headers, body: JSON.stringify(body) }));
}

export async function upload(path, form) {
  return read(await fetch(`/phones/api${path}`, { method: "POST", body: form }));
}
