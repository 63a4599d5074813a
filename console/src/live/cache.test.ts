import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test } from "vitest";
import {
  changed,
  created,
  listPage,
  makeConversation,
  makeMessage,
  messagePage,
  moved,
} from "../testing/make";
import type { Messages } from "../types/api";
import { LiveCache } from "./cache";
import { listed, threaded } from "./fold";
import { keys } from "./keys";

const hello = (head: number, resumed = true) => ({ type: "hello", head, resumed }) as const;
const open: LiveCache[] = [];
afterEach(() => {
  for (const cache of open.splice(0)) cache.close();
});

function setUp(cursor = 10) {
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  const echoed: string[] = [];
  const live = new LiveCache(client, "ana", (id) => echoed.push(id));
  open.push(live);
  live.hello(hello(cursor));
  return { client, live, echoed };
}

function later<T>() {
  let answer: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    answer = resolve;
  });
  return { promise, answer };
}

function fetchMessages(client: QueryClient, answer: () => Promise<Messages>) {
  return client.fetchInfiniteQuery({
    queryKey: keys.messages("c1"),
    queryFn: answer,
    initialPageParam: "",
    getNextPageParam: (page: Messages) => page.next,
    staleTime: 0,
  });
}

const held = (client: QueryClient) =>
  threaded(client.getQueryData<{ pages: Messages[] }>(keys.messages("c1"))?.pages ?? []);

test("an event that arrives while the snapshot is on its way is not lost", async () => {
  const { client, live } = setUp();
  const { promise, answer } = later<Messages>();
  const fetching = fetchMessages(client, () => promise);
  live.apply(created(11, makeMessage({ id: "during" })));
  answer(messagePage(10, [makeMessage({ id: "before" })]));
  await fetching;
  expect(held(client).map((m) => m.id)).toEqual(["before", "during"]);
});

test("an event that arrives while a filled thread is read anew survives the older answer", async () => {
  const { client, live } = setUp();
  await fetchMessages(client, async () => messagePage(10, [makeMessage({ status: "sent" })]));
  const { promise, answer } = later<Messages>();
  const second = fetchMessages(client, () => promise);
  live.apply(changed(11, makeMessage({ status: "read" })));
  answer(messagePage(10, [makeMessage({ status: "sent" })]));
  await second;
  expect(held(client)[0]?.status).toBe("read");
});

test("a snapshot newer than the socket is not turned back by events it contains", async () => {
  const { client, live } = setUp();
  await fetchMessages(client, async () =>
    messagePage(12, [makeMessage({ edited: true, text: "novo" })]),
  );
  live.apply(changed(11, makeMessage({ text: "velho" })));
  expect(held(client)[0]?.text).toBe("novo");
});

test("a repeated event is dropped", async () => {
  const { client, live, echoed } = setUp();
  await fetchMessages(client, async () => messagePage(10, []));
  const event = created(11, makeMessage({ client_id: "x" }));
  live.apply(event);
  live.apply(event);
  expect(held(client)).toHaveLength(1);
  expect(echoed).toEqual(["x"]);
});

test("a log that no longer reaches back makes everything be read anew", () => {
  const { client, live } = setUp();
  client.setQueryData(keys.conversation("c1"), { as_of: 10, conversation: makeConversation() });
  live.hello(hello(5_000, false));
  expect(client.getQueryState(keys.conversation("c1"))?.isInvalidated).toBe(true);
  expect(live.cursor).toBe(5_000);
});

test("a resumed socket keeps its cursor and what is cached", () => {
  const { client, live } = setUp();
  client.setQueryData(keys.conversation("c1"), { as_of: 10, conversation: makeConversation() });
  live.apply(moved(11, makeConversation({ unread: 1 })));
  live.hello(hello(40, true));
  expect(live.cursor).toBe(11);
  expect(client.getQueryState(keys.conversation("c1"))?.isInvalidated).toBe(false);
});

test("a snapshot read before the first hello is read anew when it is older", () => {
  const client = new QueryClient();
  const live = new LiveCache(client, "ana");
  open.push(live);
  client.setQueryData(keys.conversation("old"), { as_of: 3, conversation: makeConversation() });
  client.setQueryData(keys.conversation("level"), { as_of: 9, conversation: makeConversation() });
  live.hello(hello(9, false));
  expect(client.getQueryState(keys.conversation("old"))?.isInvalidated).toBe(true);
  expect(client.getQueryState(keys.conversation("level"))?.isInvalidated).toBe(false);
});

test("one event moves a conversation between the lists of all filters", () => {
  const { client, live } = setUp();
  const pages = (items: ReturnType<typeof makeConversation>[]) => ({
    pages: [listPage(10, items)],
    pageParams: [""],
  });
  client.setQueryData(keys.conversations("bot", ""), pages([makeConversation()]));
  client.setQueryData(keys.conversations("mine", ""), pages([]));
  live.apply(moved(11, makeConversation({ owner: "agent", assignee: { id: "ana", name: "Ana" } })));
  const shown = (filter: "bot" | "mine") =>
    listed(
      client.getQueryData<ReturnType<typeof pages>>(keys.conversations(filter, ""))?.pages ?? [],
    ).length;
  expect([shown("bot"), shown("mine")]).toEqual([0, 1]);
});

test("a changed contact makes the conversations that show it be read again, and no others", () => {
  const { client, live } = setUp();
  const mine = makeConversation();
  const other = makeConversation({ id: "c2", contact: { ...mine.contact, id: "p2" } });
  for (const conversation of [mine, other])
    client.setQueryData(keys.conversation(conversation.id), { conversation, as_of: 10 });
  live.apply({ type: "contact.changed", id: 11, contact_id: mine.contact.id });
  const stale = (id: string) => client.getQueryState(keys.conversation(id))?.isInvalidated;
  expect([stale(mine.id), stale("c2")]).toEqual([true, false]);
});
