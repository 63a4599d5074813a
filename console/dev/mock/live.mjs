// The live log: numbered events, replay after a cursor, broadcast.
import { sessionOf, world } from "./world.mjs";

export function connectLive(ws, request) {
  const user = sessionOf(request);
  if (!user) return ws.close(4401, "session ended");
  const after = new URL(request.url, "http://mock").searchParams.get("after");
  const oldest = world.log[0]?.id ?? world.head + 1;
  const resumed = after !== null && Number(after) >= oldest - 1 && Number(after) <= world.head;
  ws.user = user;
  ws.send(JSON.stringify({ type: "hello", head: world.head, resumed }));
  if (resumed)
    for (const event of world.log) if (event.id > Number(after)) ws.send(JSON.stringify(event));
  world.sockets.add(ws);
  ws.on("close", () => world.sockets.delete(ws));
}

export function broadcast(event) {
  const text = JSON.stringify(event);
  for (const socket of world.sockets) socket.send(text);
}

export function durable(event) {
  const numbered = { ...event, id: ++world.head };
  world.log.push(numbered);
  if (world.log.length > world.logKeeps) world.log.shift();
  broadcast(numbered);
}
