// Tells team mates, at most every few seconds, that somebody is answering here.
import { useCallback, useRef } from "react";
import { post } from "../../../lib/http";

const EVERY_MS = 4_000;

export function useTypingSignal(conversationId: string): () => void {
  const last = useRef(0);
  return useCallback(() => {
    if (Date.now() - last.current < EVERY_MS) return;
    last.current = Date.now();
    // Nobody misses a lost typing signal.
    post(`/api/conversations/${conversationId}/typing`).catch(() => undefined);
  }, [conversationId]);
}
