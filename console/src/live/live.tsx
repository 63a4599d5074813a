// Joins socket and cache for one signed-in person; tells the rest of the console how live it is.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { announceSignedOut, onRefused } from "../lib/http";
import type { LiveMessage, Me } from "../types/api";
import { LiveCache } from "./cache";
import { noteEphemeral, noteSubscription, stopTyping } from "./ephemeral";
import { keys } from "./keys";
import { type LiveState, openLive } from "./socket";

const LiveContext = createContext<LiveState>("connecting");

export const useLiveState = () => useContext(LiveContext);

interface Props {
  me: Me;
  onMessage: (clientId: string) => void;
  children: ReactNode;
}

export function LiveProvider({ me, onMessage, children }: Props) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  const myId = me.user.id;

  useEffect(() => {
    const cache = new LiveCache(client, myId, onMessage);
    const close = openLive({
      cursor: () => cache.cursor,
      message: (message) => receive(cache, message, myId),
      state: setState,
      ended: announceSignedOut,
    });
    return () => {
      close();
      cache.close();
    };
  }, [client, myId, onMessage]);

  useEffect(
    () =>
      onRefused((error) => {
        if (error.code !== "subscription_suspended") return;
        noteSubscription("suspended");
        void client.invalidateQueries({ queryKey: keys.billing });
      }),
    [client],
  );

  return <LiveContext value={state}>{children}</LiveContext>;
}

function receive(cache: LiveCache, message: LiveMessage, me: string): void {
  if (message.type === "hello") cache.hello(message);
  else if (message.type === "typing" || message.type === "presence") noteEphemeral(message, me);
  // A newer server may say what this console does not know yet; only numbered news concern the cache.
  else if (typeof message.id === "number") {
    if (message.type === "message.created") stopTyping(message.message.conversation_id);
    if (message.type === "subscription.changed") noteSubscription(message.state);
    cache.apply(message);
  }
}
