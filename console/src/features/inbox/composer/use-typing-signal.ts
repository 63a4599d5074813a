// Tells team mates, at most every few seconds, that somebody is answering here.
import { useCallback, useRef } from "react";
import { post } from "../../../lib/http";

const EVERY_MS = 4_000;

// `rest`: what was typed is sent, so the next key is news again.
export function useTypingSignal(conversationId: string): { signal: () => void; rest: () => void } {
  const last = useRef(0);
  const rest = useCallback(() => {
    last.current = 0;
  }, []);
  const signal = useCallback(() => {
    if (Date.now() - last.current < EVERY_MS) return;
    last.current = Date.now();
    // Nobody misses a lost typing signal.
    post(`/api/conversations/${conversationId}/typing`).catch(() => undefined);
  }, [conversationId]);
  return { signal, rest };
}
