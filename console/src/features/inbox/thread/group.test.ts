import { expect, test } from "vitest";
import { makeMessage } from "../../../testing/make";
import type { Entry } from "../outbox/entry";
import { blocksOf, keyOf, withEntries } from "./group";

const ana = { id: "ana", name: "Ana" };
const zone = "America/Sao_Paulo";
const at = (time: string) => `2026-11-24T${time}Z`;
const entry: Entry = {
  client_id: "x",
  conversation_id: "c1",
  kind: "message",
  text: "já vai",
  reply_to: null,
  at: at("12:00:00"),
  state: "sending",
  problem: null,
};

test("messages of one sender within three minutes stand together", () => {
  const blocks = blocksOf(
    [
      makeMessage({ id: "1", author: ana, at: at("12:00:00") }),
      makeMessage({ id: "2", author: ana, at: at("12:02:00") }),
      makeMessage({ id: "3", author: ana, at: at("12:06:00") }),
      makeMessage({ id: "4", direction: "in", origin: "customer", at: at("12:06:10") }),
    ],
    zone,
  );
  const groups = blocks.filter((b) => b.kind === "group").map((b) => b.messages.map((m) => m.id));
  expect(groups).toEqual([["1", "2"], ["3"], ["4"]]);
});

test("a note or an event breaks a group", () => {
  const blocks = blocksOf(
    [
      makeMessage({ id: "1", author: ana }),
      makeMessage({ id: "2", author: ana, direction: "note" }),
      makeMessage({ id: "3", direction: "system", origin: "system" }),
      makeMessage({ id: "4", author: ana }),
    ],
    zone,
  );
  expect(blocks.map((b) => b.kind)).toEqual(["day", "group", "group", "system", "group"]);
});

test("a day begins at the reader's midnight", () => {
  const late = makeMessage({ id: "1", at: "2026-11-25T02:59:00Z" });
  const next = makeMessage({ id: "2", at: "2026-11-25T03:01:00Z" });
  expect(blocksOf([late, next], zone).filter((b) => b.kind === "day")).toHaveLength(2);
});

test("a pending row gives way to its echo and keeps its identity on screen", () => {
  const [pending] = withEntries([], [entry], ana);
  expect(pending).toMatchObject({ status: "pending", direction: "out", text: "já vai" });
  const echo = makeMessage({ id: "m9", client_id: "x" });
  const shown = withEntries([echo], [entry], ana);
  expect(shown).toEqual([echo]);
  expect(pending && keyOf(pending)).toBe(keyOf(echo));
});

test("a refused row is shown as failed with its reason", () => {
  const failed: Entry = { ...entry, state: "failed", problem: { code: "window", message: "" } };
  expect(withEntries([], [failed], ana)[0]).toMatchObject({
    status: "failed",
    failure: { reason: "window" },
  });
});
