// A stand-in for the backend while working on the console: stateful, in memory, never shipped.
// `npm run mock` serves the API and, when built, dist/ under the production content policy.
// Sign in with ana@example.com (admin) or bruno@example.com (agent); any password of 8 letters.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { api } from "./mock/api.mjs";
import { control } from "./mock/control.mjs";
import { serveFile } from "./mock/files.mjs";
import { connectLive } from "./mock/live.mjs";
import { Refusal } from "./mock/refusal.mjs";
import { sessionOf, world } from "./mock/world.mjs";

const port = Number(process.env.PORT ?? 9271);

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const text = Buffer.concat(parts).toString();
  return text ? JSON.parse(text) : {};
}

function reply(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://mock");
  try {
    if (url.pathname.startsWith("/_mock/")) {
      return reply(response, 200, control(url.pathname, await readBody(request)) ?? {});
    }
    if (!url.pathname.startsWith("/api/")) return serveFile(url.pathname, response);
    await new Promise((resolve) => setTimeout(resolve, world.latency));
    const headers = {};
    const context = { request, headers, session: sessionOf(request), query: url.searchParams };
    const result = api(request.method, url.pathname, await readBody(request), context);
    return reply(
      response,
      result === undefined ? 204 : (result.status ?? 200),
      result?.body,
      headers,
    );
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    const { status = 500, code = "fault", message, ...rest } = error;
    reply(response, status, { error: { code, message, request_id: crypto.randomUUID(), ...rest } });
  }
});

const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (ws) => connectLive(ws, request));
});
server.listen(port, "127.0.0.1", () => console.log(`mock on http://127.0.0.1:${port}`));
