// Times as the server writes them (RFC 3339, UTC, up to microseconds) and as people read them.

// "…28Z" and "…28.5Z" do not sort as text, and Date drops microseconds: pad, then compare.
function sortable(at: string): string {
  const [seconds = "", fraction = ""] = at.replace(/(Z|\+00:00)$/, "").split(".");
  return `${seconds}.${fraction.padEnd(6, "0")}`;
}

export function compareTimes(a: string, b: string): number {
  const [x, y] = [sortable(a), sortable(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

export function dayOf(at: string, zone?: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(new Date(at));
}

export function clock(at: string, locale: string, zone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  }).format(new Date(at));
}

export function fullTime(at: string, locale: string, zone?: string): string {
  const style = { dateStyle: "medium", timeStyle: "short", timeZone: zone } as const;
  return new Intl.DateTimeFormat(locale, style).format(new Date(at));
}

export function shortDate(at: string, locale: string, zone?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: zone }).format(
    new Date(at),
  );
}

// Today: the time of day. This week: the weekday. Before: day and month.
export function rowTime(at: string, now: Date, locale: string, zone?: string): string {
  const days = daysBetween(dayOf(at, zone), dayOf(now.toISOString(), zone));
  if (days <= 0) return clock(at, locale, zone);
  const style =
    days < 7 ? ({ weekday: "short" } as const) : ({ day: "2-digit", month: "2-digit" } as const);
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: zone }).format(new Date(at));
}

// The heading between two days of a thread: "today", "yesterday" as a relative word, else the date.
export function dayTitle(at: string, now: Date, locale: string, zone?: string): string {
  const days = daysBetween(dayOf(at, zone), dayOf(now.toISOString(), zone));
  if (days === 0 || days === 1) {
    return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day");
  }
  const style = { weekday: "long", day: "numeric", month: "long", timeZone: zone } as const;
  return new Intl.DateTimeFormat(locale, style).format(new Date(at));
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

export const HOUR = 3_600_000;
export const MINUTE = 60_000;

// How the channel's reply window stands. It is shown from four hours before it closes.
export type WindowState =
  | { kind: "open" }
  | { kind: "closing"; minutes: number }
  | { kind: "closed" };

export function windowState(closesAt: string | null, now: number): WindowState {
  if (closesAt === null) return { kind: "closed" };
  const left = Date.parse(closesAt) - now;
  if (left <= 0) return { kind: "closed" };
  if (left > 4 * HOUR) return { kind: "open" };
  return { kind: "closing", minutes: Math.max(1, Math.ceil(left / MINUTE)) };
}
