import { expect, test } from "vitest";
import { startOf } from "./use-drawn";

const thread = (length: number) => Array.from({ length }, (_, n) => ({ id: `m${n}` }));

test("of a long thread the last hundred are drawn, of a short one all", () => {
  expect(startOf(thread(1_200), null)).toBe(1_100);
  expect(startOf(thread(40), null)).toBe(0);
});

test("who reads above keeps what is drawn while more comes below and above", () => {
  expect(startOf(thread(1_200), { id: "m950" })).toBe(950);
  expect(startOf([{ id: "older" }, ...thread(1_201)], { id: "m950" })).toBe(951);
  expect(startOf(thread(1_200), { id: null })).toBe(0);
});
