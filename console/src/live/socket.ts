// The websocket: resumes from the newest cursor, notices silence, sleep and a lost network.
import ReconnectingWebSocket from "partysocket/ws";
import type { LiveMessage } from "../types/api";

export type LiveState = "connecting" | "live" | "offline";

const SESSION_ENDED = 4401;
const SILENCE_MS = 75_000;
const ASLEEP_MS = 30_000;

export interface SocketHandlers {
  cursor: () => number | null;
  message: (message: LiveMessage) => void;
  state: (state: LiveState) => void;
  ended: () => void;
}

function address(cursor: number | null): string {
  const origin = window.location.origin.replace(/^http/, "ws");
  return cursor === null ? `${origin}/api/live` : `${origin}/api/live?after=${cursor}`;
}

// Returns the function that closes it for good.
export function openLive(on: SocketHandlers): () => void {
  const socket = new ReconnectingWebSocket(() => address(on.cursor()), [], {
    minReconnectionDelay: 300 + Math.random() * 700, // spread, so that a deploy causes no stampede
    maxReconnectionDelay: 10_000,
    reconnectionDelayGrowFactor: 1.6,
    connectionTimeout: 8_000,
  });
  let heard = Date.now();
  let hiddenAt = 0;
  const lost = () => on.state(navigator.onLine ? "connecting" : "offline");

  socket.addEventListener("message", (event) => {
    heard = Date.now();
    const message = JSON.parse(String(event.data)) as LiveMessage;
    if (message.type === "hello") on.state("live");
    on.message(message);
  });
  socket.addEventListener("close", (event) => {
    lost();
    if (event.code !== SESSION_ENDED) return;
    socket.close();
    on.ended();
  });
  const again = () => {
    heard = Date.now();
    socket.reconnect();
  };
  const watchdog = setInterval(() => {
    if (navigator.onLine && Date.now() - heard > SILENCE_MS) again();
  }, 5_000);
  const visibility = () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > ASLEEP_MS && Date.now() - heard > ASLEEP_MS) again();
  };
  window.addEventListener("online", again);
  window.addEventListener("offline", lost);
  document.addEventListener("visibilitychange", visibility);

  return () => {
    clearInterval(watchdog);
    window.removeEventListener("online", again);
    window.removeEventListener("offline", lost);
    document.removeEventListener("visibilitychange", visibility);
    socket.close();
  };
}
