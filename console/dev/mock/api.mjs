// The routes of the mock, matched in order.
import { Refusal } from "./refusal.mjs";
import { account, open } from "./routes-account.mjs";
import { work } from "./routes-work.mjs";

const inside = [...account, ...work];

export function api(method, path, body, context) {
  const match = (routes) => {
    for (const [verb, pattern, handle] of routes) {
      const found = verb === method && pattern.exec(path);
      if (found) return () => handle({ ...context, body, key: found[1], more: found[2] });
    }
  };
  const free = match(open);
  const handle = free ?? match(inside);
  if (!handle) throw new Refusal(404, "not_found", `no route ${method} ${path}`);
  if (!free && !context.session) throw new Refusal(401, "unauthenticated", "sign in first");
  const result = handle();
  return result === undefined || ("status" in Object(result) && "body" in Object(result))
    ? result
    : { body: result };
}
