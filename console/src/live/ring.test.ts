import { expect, test } from "vitest";
import { makeConversation, moved } from "../testing/make";
import { covers, emptyRing, head, push, RING_SIZE, type Ring, since, startAt } from "./ring";

const event = (id: number) => moved(id, makeConversation());

test("an event that is not newer than the head is a repeat", () => {
  const ring = push(startAt(10), event(11));
  expect(push(ring, event(11))).toBe(ring);
  expect(push(ring, event(3))).toBe(ring);
});

test("it holds at least the last thousand and says from where it is complete", () => {
  expect(RING_SIZE).toBeGreaterThanOrEqual(1_000);
  let ring: Ring = startAt(0);
  for (let id = 1; id <= 7; id++) ring = push(ring, event(id), 5);
  expect(ring.events.map((e) => e.id)).toEqual([3, 4, 5, 6, 7]);
  expect(ring.from).toBe(2);
  expect(covers(ring, 2)).toBe(true);
  expect(covers(ring, 1)).toBe(false);
});

test("what came after a snapshot is given in order", () => {
  const ring = push(push(startAt(4), event(5)), event(8));
  expect(since(ring, 5).map((e) => e.id)).toEqual([8]);
  expect(head(ring)).toBe(8);
});

test("before the first hello nothing is known to be missing", () => {
  expect(covers(emptyRing, 0)).toBe(true);
  expect(head(emptyRing)).toBeNull();
});
