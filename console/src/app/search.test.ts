import { expect, test } from "vitest";
import { inboxSearch, loginSearch } from "./search";

test("after signing in one lands on this site only", () => {
  for (const next of [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:1",
    5,
  ]) {
    expect(loginSearch({ next }).next).toBeUndefined();
  }
  expect(loginSearch({ next: "/c/1?filter=mine" }).next).toBe("/c/1?filter=mine");
});

test("an unknown filter falls back and a numeric search stays text", () => {
  expect(inboxSearch({ filter: "x", q: 4821 })).toEqual({ filter: undefined, q: "4821" });
});
