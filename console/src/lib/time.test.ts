import { expect, test } from "vitest";
import { compareTimes, dayOf, dayTitle, HOUR, rowTime, windowState } from "./time";

const zone = "America/Sao_Paulo";

test("times compare to the microsecond, with or without a fraction", () => {
  const times = ["2026-11-24T12:00:00.5Z", "2026-11-24T12:00:00Z", "2026-11-24T12:00:00.500001Z"];
  expect([...times].sort(compareTimes)).toEqual([times[1], times[0], times[2]]);
  expect(compareTimes("2026-11-24T12:00:00Z", "2026-11-24T12:00:00.000Z")).toBe(0);
});

test("the day is the reader's, not that of UTC", () => {
  expect(dayOf("2026-11-25T01:00:00Z", zone)).toBe("2026-11-24");
});

test("a row shows the time today, the weekday this week, the date before", () => {
  const now = new Date("2026-11-24T15:00:00Z");
  expect(rowTime("2026-11-24T12:05:00Z", now, "pt-BR", zone)).toBe("09:05");
  expect(rowTime("2026-11-22T12:05:00Z", now, "pt-BR", zone)).toMatch(/^dom/);
  expect(rowTime("2026-10-02T12:05:00Z", now, "pt-BR", zone)).toBe("02/10");
});

test("day headings speak of today and yesterday", () => {
  const now = new Date("2026-11-24T15:00:00Z");
  expect(dayTitle("2026-11-24T12:00:00Z", now, "pt-BR", zone)).toBe("hoje");
  expect(dayTitle("2026-11-23T12:00:00Z", now, "es", zone)).toBe("ayer");
  expect(dayTitle("2026-11-01T12:00:00Z", now, "en", zone)).toBe("Sunday, November 1");
});

test("the reply window counts down from four hours and then is closed", () => {
  const now = Date.parse("2026-11-24T12:00:00Z");
  const closes = (ms: number) => new Date(now + ms).toISOString();
  expect(windowState(null, now)).toEqual({ kind: "closed" });
  expect(windowState(closes(0), now)).toEqual({ kind: "closed" });
  expect(windowState(closes(90_000), now)).toEqual({ kind: "closing", minutes: 2 });
  expect(windowState(closes(4 * HOUR + 1), now)).toEqual({ kind: "open" });
});
