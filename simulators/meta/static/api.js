// The simulator's control end points, as a phone needs them.

async function call(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body?.error?.message ?? `HTTP ${answer.status}`);
  return body;
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const accounts = () => call("/_sim/accounts");

export function customer(channel, account, user) {
  const where = [channel, account, user].map(encodeURIComponent).join("/");
  return {
    introduce: (about) => post(`/_sim/customers/${where}`, about),
    write: (act) => post(`/_sim/customers/${where}/messages`, act),
    read: () => post(`/_sim/customers/${where}/read`, {}),
    stream: () => new EventSource(`/_sim/stream/${where}`),
  };
}

export const mediaUrl = (id) => `/_sim/media/${encodeURIComponent(id)}`;
