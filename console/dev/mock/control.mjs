// What a test or a curious developer may make happen.
import { receive, setStatus } from "./conversations.mjs";
import { durable } from "./live.mjs";
import { world } from "./world.mjs";

export function control(path, body) {
  switch (path) {
    case "/_mock/customer":
      return receive(body.conversation_id ?? world.conversations[0].id, body.text ?? "Oi");
    case "/_mock/status":
      return setStatus(body.message_id, body.status);
    case "/_mock/drop":
      for (const socket of world.sockets) socket.terminate();
      return;
    case "/_mock/latency":
      world.latency = body.ms;
      return;
    case "/_mock/subscription":
      Object.assign(world.billing, {
        state: body.state,
        reason: body.state === "active" ? null : "payment_failed",
      });
      return durable({ type: "subscription.changed", state: body.state });
    case "/_mock/end-sessions":
      world.sessions.clear();
      for (const socket of world.sockets) socket.close(4401, "session ended");
      return;
    case "/_mock/state":
      return {
        head: world.head,
        conversations: world.conversations,
        messages: Object.fromEntries(world.messages),
      };
    default:
      return { unknown: path };
  }
}
