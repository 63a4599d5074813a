import { expect, test } from "vitest";
import {
  changed,
  created,
  listPage,
  makeConversation,
  makeMessage,
  messagePage,
  moved,
} from "../testing/make";
import { belongs, foldList, foldMessages, foldView, listed, threaded } from "./fold";

const key = { filter: "all", q: "", me: "ana" } as const;
const ana = { id: "ana", name: "Ana" };

test("an event that the snapshot already contains changes nothing", () => {
  const pages = [messagePage(10, [makeMessage()])];
  expect(foldMessages(pages, created(10, makeMessage({ id: "m2" })), "c1")).toEqual(pages);
  expect(foldMessages(pages, changed(9, makeMessage({ status: "read" })), "c1")).toEqual(pages);
  const view = { as_of: 10, conversation: makeConversation() };
  expect(foldView(view, moved(10, makeConversation({ unread: 9 })))).toBe(view);
  const list = [listPage(10, [makeConversation()])];
  expect(foldList(list, moved(10, makeConversation({ unread: 9 })), key)).toEqual(list);
});

test("the same event twice gives the same thread as once", () => {
  const event = created(11, makeMessage({ id: "m2" }));
  const once = foldMessages([messagePage(10, [makeMessage()])], event, "c1");
  expect(threaded(foldMessages(once, event, "c1"))).toEqual(threaded(once));
  expect(threaded(once)).toHaveLength(2);
});

test("a message of another conversation stays out", () => {
  const pages = [messagePage(1, [])];
  expect(foldMessages(pages, created(2, makeMessage({ conversation_id: "c2" })), "c1")).toBe(pages);
});

test("status never goes backwards, whatever the order of the news", () => {
  const late = changed(11, makeMessage({ status: "read" }));
  const early = changed(12, makeMessage({ status: "delivered" }));
  const pages = foldMessages(
    foldMessages([messagePage(10, [makeMessage()])], late, "c1"),
    early,
    "c1",
  );
  expect(threaded(pages)[0]?.status).toBe("read");
});

test("a new message goes to the newest page only, and a change finds its page", () => {
  const pages = [
    messagePage(5, [makeMessage({ id: "new", seq: 9 })], "older"),
    messagePage(5, [makeMessage({ id: "old", seq: 1 })]),
  ];
  const after = foldMessages(
    foldMessages(pages, created(6, makeMessage({ id: "newest", seq: 10 })), "c1"),
    changed(7, makeMessage({ id: "old", seq: 1, edited: true })),
    "c1",
  );
  expect(after[0]?.items.map((m) => m.id)).toEqual(["new", "newest"]);
  expect(after[1]?.items[0]?.edited).toBe(true);
});

test("a thread is ordered by time to the microsecond, then by sequence", () => {
  const at = (id: string, time: string, seq: number) => makeMessage({ id, at: time, seq });
  const pages = [
    messagePage(1, [
      at("c", "2026-11-24T12:00:00.500001Z", 3),
      at("b", "2026-11-24T12:00:00.5Z", 2),
      at("d", "2026-11-24T12:00:00.500001Z", 4),
      at("a", "2026-11-24T12:00:00Z", 1),
    ]),
  ];
  expect(threaded(pages).map((m) => m.id)).toEqual(["a", "b", "c", "d"]);
});

test("a conversation that no longer belongs leaves the list, one that now does enters on top", () => {
  const mine = { ...key, filter: "mine" } as const;
  const held = makeConversation({ id: "c1", owner: "agent", assignee: ana });
  const pages = [listPage(1, [held])];
  const gone = foldList(pages, moved(2, { ...held, owner: "bot", assignee: null }), mine);
  expect(listed(gone)).toEqual([]);
  const fresh = makeConversation({
    id: "c2",
    owner: "agent",
    assignee: ana,
    last_at: "2026-11-24T13:00:00Z",
  });
  expect(listed(foldList(pages, moved(3, fresh), mine)).map((c) => c.id)).toEqual(["c2", "c1"]);
});

test("a conversation older than the loaded tail waits for its page", () => {
  const pages = [listPage(1, [makeConversation()], "more")];
  const old = makeConversation({ id: "c9", last_at: "2026-01-01T00:00:00Z" });
  expect(listed(foldList(pages, moved(2, old), key)).map((c) => c.id)).toEqual(["c1"]);
  const whole = [listPage(1, [makeConversation()])];
  expect(listed(foldList(whole, moved(2, old), key)).map((c) => c.id)).toEqual(["c1", "c9"]);
});

test("search results are updated but never added to: only the server knows what matches", () => {
  const search = { ...key, q: "mari" };
  const pages = [listPage(1, [makeConversation()])];
  const after = foldList(pages, moved(2, makeConversation({ unread: 3 })), search);
  expect(listed(foldList(after, moved(3, makeConversation({ id: "c2" })), search))).toEqual([
    makeConversation({ unread: 3 }),
  ]);
});

test("of a conversation on two pages the newer copy counts", () => {
  const pages = [
    listPage(5, [makeConversation({ unread: 1 })]),
    listPage(8, [makeConversation({ unread: 4 })]),
  ];
  expect(listed(pages).map((c) => c.unread)).toEqual([4]);
});

test("each filter holds what it names", () => {
  const open = makeConversation({ owner: "offered", assignee: ana });
  expect(belongs(open, "mine", "ana")).toBe(true);
  expect(belongs(open, "queue", "ana")).toBe(true);
  expect(belongs(open, "mine", "bruno")).toBe(false);
  expect(belongs(makeConversation({ state: "resolved" }), "all", "ana")).toBe(false);
  expect(belongs(makeConversation({ state: "resolved" }), "resolved", "ana")).toBe(true);
});
