import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, NetworkError } from "../../../lib/http";
import { makeMessage } from "../../../testing/make";
import type { Message } from "../../../types/api";
import type { Entry } from "./entry";
import { Outbox } from "./outbox";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const entry = (client_id: string, conversation_id = "c1"): Entry => ({
  client_id,
  conversation_id,
  kind: "message",
  text: client_id,
  reply_to: null,
  at: `2026-11-24T12:00:0${client_id.length}Z`,
  state: "queued",
  problem: null,
});

const refusal = (status: number, code: string) => new ApiError(status, code, code, null, {}, "r1");

// Keeps entries as IndexedDB would, and answers each send with what is planned for it.
function setUp(plan: (Error | null)[] = [], kept: Entry[] = []) {
  const store = new Map(kept.map((e) => [e.client_id, e]));
  const sent: string[] = [];
  const confirmed: Message[] = [];
  const send = async (e: Entry) => {
    sent.push(e.client_id);
    const failure = plan.shift();
    if (failure) throw failure;
    return makeMessage({ id: `m-${e.client_id}`, client_id: e.client_id });
  };
  const outbox = new Outbox(send, (m) => confirmed.push(m), {
    load: async () => [...store.values()],
    put: async (e) => void store.set(e.client_id, e),
    remove: async (id) => void store.delete(id),
  });
  return { outbox, store, sent, confirmed };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test("a refusal stays in its place with its reason and can be tried again", async () => {
  const { outbox, sent } = setUp([refusal(409, "not_owner")]);
  outbox.post(entry("a"));
  await settle();
  expect(outbox.snapshot()[0]).toMatchObject({ state: "failed", problem: { code: "not_owner" } });
  outbox.again("a");
  await settle();
  expect(sent).toEqual(["a", "a"]);
  expect(outbox.snapshot()).toEqual([]);
});

test("a refused message does not hold up the next", async () => {
  const { outbox, sent } = setUp([refusal(402, "subscription_suspended")]);
  outbox.post(entry("a"));
  outbox.post(entry("bb"));
  await settle();
  expect(sent).toEqual(["a", "bb"]);
  expect(outbox.snapshot().map((e) => e.client_id)).toEqual(["a"]);
});

test("without a network messages wait in order and go out once it returns", async () => {
  const { outbox, sent, confirmed } = setUp([new NetworkError()]);
  outbox.post(entry("a"));
  outbox.post(entry("bb"));
  await settle();
  expect(sent).toEqual(["a"]);
  expect(outbox.snapshot().map((e) => e.state)).toEqual(["queued", "queued"]);
  outbox.pumpAll();
  await settle();
  expect(sent).toEqual(["a", "a", "bb"]);
  expect(confirmed).toHaveLength(2);
});

test("a fault on the server is tried again by itself, later and later", async () => {
  const { outbox, sent } = setUp([refusal(503, "unavailable"), refusal(500, "fault")]);
  outbox.post(entry("a"));
  await vi.advanceTimersByTimeAsync(999);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(sent).toHaveLength(3);
  expect(outbox.snapshot()).toEqual([]);
});

test("an ended session keeps the message for after the next sign-in", async () => {
  const { outbox, store } = setUp([refusal(401, "unauthenticated")]);
  outbox.post(entry("a"));
  await settle();
  expect(outbox.snapshot()[0]?.state).toBe("queued");
  expect(store.has("a")).toBe(true);
});

test("conversations do not wait for each other", async () => {
  const { outbox, sent } = setUp([new NetworkError()]);
  outbox.post(entry("a", "c1"));
  outbox.post(entry("bb", "c2"));
  await settle();
  expect(sent).toEqual(["a", "bb"]);
  expect(outbox.snapshot().map((e) => e.client_id)).toEqual(["a"]);
});

test("a reload sends what was on its way again under the same id", async () => {
  const { outbox, sent, store } = setUp([], [{ ...entry("bb"), state: "sending" }, entry("a")]);
  await outbox.start();
  await settle();
  expect(sent).toEqual(["a", "bb"]);
  expect(store.size).toBe(0);
});

test("the echo on the live log settles an entry whose answer never came", async () => {
  const { outbox, store } = setUp([new NetworkError()]);
  outbox.post(entry("a"));
  await settle();
  outbox.discard("a");
  expect(outbox.snapshot()).toEqual([]);
  expect(store.size).toBe(0);
});

test("the same id is taken once", async () => {
  const { outbox, sent } = setUp();
  outbox.post(entry("a"));
  outbox.post(entry("a"));
  await settle();
  expect(sent).toEqual(["a"]);
});
