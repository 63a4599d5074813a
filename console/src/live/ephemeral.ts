// Who types where, who is ready, whether the tenant may send: small facts that are never stored.
import { useSyncExternalStore } from "react";
import type { EphemeralEvent, Person, PresenceState, SubscriptionState } from "../types/api";

const TYPING_MS = 6_000;

interface Facts {
  typing: ReadonlyMap<string, Person>;
  presence: ReadonlyMap<string, PresenceState>;
  subscription: SubscriptionState | null;
}

let facts: Facts = { typing: new Map(), presence: new Map(), subscription: null };
const listeners = new Set<() => void>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

function set(next: Partial<Facts>): void {
  facts = { ...facts, ...next };
  for (const listener of listeners) listener();
}

export function noteEphemeral(event: EphemeralEvent, me: string): void {
  if (event.type === "presence") {
    set({ presence: new Map(facts.presence).set(event.person.id, event.state) });
  } else if (event.person.id !== me) {
    set({ typing: new Map(facts.typing).set(event.conversation_id, event.person) });
    clearTimeout(timers.get(event.conversation_id));
    timers.set(
      event.conversation_id,
      setTimeout(() => stopTyping(event.conversation_id), TYPING_MS),
    );
  }
}

export function stopTyping(conversationId: string): void {
  if (!facts.typing.has(conversationId)) return;
  const typing = new Map(facts.typing);
  typing.delete(conversationId);
  set({ typing });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTyping(conversationId: string): Person | null {
  return useSyncExternalStore(subscribe, () => facts.typing.get(conversationId) ?? null);
}

export function noteSubscription(subscription: SubscriptionState): void {
  if (facts.subscription !== subscription) set({ subscription });
}

export function useSubscriptionState(): SubscriptionState | null {
  return useSyncExternalStore(subscribe, () => facts.subscription);
}

export function usePresenceOf(userId: string): PresenceState | null {
  return useSyncExternalStore(subscribe, () => facts.presence.get(userId) ?? null);
}
