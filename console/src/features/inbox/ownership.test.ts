import { expect, test } from "vitest";
import { makeConversation } from "../../testing/make";
import { allowedActs, whyClosed } from "./ownership";

const ana = { id: "ana", name: "Ana" };

test("a team mate may only take over", () => {
  const held = makeConversation({ owner: "agent", assignee: { id: "bruno", name: "Bruno" } });
  expect(allowedActs(held, "ana")).toEqual({
    accept: false,
    reject: false,
    take: true,
    resolve: false,
    return: false,
  });
});

test("an offer is accepted by the one it is made to", () => {
  const offered = makeConversation({ owner: "offered", assignee: ana });
  expect(allowedActs(offered, "ana")).toMatchObject({ accept: true, reject: true, take: false });
  expect(allowedActs(offered, "bruno")).toMatchObject({ accept: false, take: true });
});

test("the owner resolves or returns; a resolved conversation is only reopened", () => {
  const mine = makeConversation({ owner: "agent", assignee: ana });
  expect(allowedActs(mine, "ana")).toEqual({
    accept: false,
    reject: false,
    take: false,
    resolve: true,
    return: true,
  });
  const done = makeConversation({ owner: "none", state: "resolved" });
  expect(allowedActs(done, "ana")).toMatchObject({ take: true, resolve: false });
});

test("suspension speaks before ownership, ownership before the window", () => {
  expect(whyClosed(false, true, false)).toBe("suspended");
  expect(whyClosed(false, false, false)).toBe("not_owner");
  expect(whyClosed(true, false, false)).toBe("window");
  expect(whyClosed(true, false, true)).toBeNull();
});
