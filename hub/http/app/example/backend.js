// What an app needs of its own backend: a token, and the calls that it makes with it.
let token = "";
let ends = 0;
let resident = "";

export function become(who) {
  resident = who;
  token = "";
}

export function who() {
  return resident;
}

/** A token that lives for a while yet; the backend signs it. */
export async function fresh() {
  if (token && Date.now() < ends - 90_000) return token;
  const answer = await fetch("/app/example/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ resident }),
  });
  const said = await answer.json();
  token = said.token;
  ends = Date.now() + said.seconds * 1_000;
  return token;
}

/** A call of /app/v1. What may be repeated is repeated: its key keeps it from happening twice. */
export async function call(method, path, body, tries = 4) {
  for (let left = tries; ; left -= 1) {
    try {
      const headers = { Authorization: `Bearer ${await fresh()}` };
      if (body && !(body instanceof FormData)) headers["Content-Type"] = "application/json";
      const answer = await fetch(`/app/v1${path}`, {
        method,
        headers,
        body: body instanceof FormData ? body : body && JSON.stringify(body),
      });
      if (answer.status === 503 && left > 1) throw new TypeError("again");
      if (!answer.ok) {
        const problem = await answer.json();
        throw Object.assign(new Error(problem.detail || problem.title), { problem });
      }
      return answer;
    } catch (error) {
      if (!(error instanceof TypeError) || left <= 1) throw error;
      await new Promise((resolve) => setTimeout(resolve, 400 * (tries - left + 1)));
    }
  }
}

export async function ask(method, path, body) {
  return (await call(method, path, body)).json();
}

export function key() {
  return crypto.randomUUID();
}
