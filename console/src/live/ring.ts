// The last durable events, so that a snapshot which was read before them can be brought up to date.
import type { DurableEvent } from "../types/api";

export const RING_SIZE = 1_500;

// `from`: every event with an id above it is held. Null: the socket has never said hello.
export interface Ring {
  readonly from: number | null;
  readonly events: readonly DurableEvent[];
}

export const emptyRing: Ring = { from: null, events: [] };

export function startAt(head: number): Ring {
  return { from: head, events: [] };
}

export function head(ring: Ring): number | null {
  return ring.events.at(-1)?.id ?? ring.from;
}

// Events come in order; one that is not newer than the head is a repeat and changes nothing.
export function push(ring: Ring, event: DurableEvent, size = RING_SIZE): Ring {
  const newest = head(ring);
  if (newest !== null && event.id <= newest) return ring;
  const events = [...ring.events, event];
  const from = ring.from ?? event.id - 1;
  if (events.length <= size) return { from, events };
  const dropped = events.length - size;
  return { from: events[dropped - 1]?.id ?? from, events: events.slice(dropped) };
}

// Can a snapshot read at `asOf` be completed from this ring?
export function covers(ring: Ring, asOf: number): boolean {
  return ring.from === null || asOf >= ring.from;
}

export function since(ring: Ring, asOf: number): readonly DurableEvent[] {
  return ring.events.filter((event) => event.id > asOf);
}
