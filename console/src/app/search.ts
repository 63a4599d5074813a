// What may stand after the "?" of an address. Anything else falls back, never fails.
import type { Filter } from "../types/api";

type Raw = Record<string, unknown>;
const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;
const filters: readonly Filter[] = ["mine", "queue", "bot", "all", "resolved"];

export function inboxSearch(raw: Raw): { filter?: Filter; q?: string } {
  const filter = filters.find((name) => name === raw.filter);
  return { filter, q: text(raw.q) || undefined };
}

export function contactsSearch(raw: Raw): { q?: string; id?: string } {
  return { q: text(raw.q) || undefined, id: text(raw.id) };
}

// Only a path of this site may follow a sign-in.
export function loginSearch(raw: Raw): { next?: string; ended?: boolean } {
  const next = text(raw.next);
  const safe = next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\");
  return { next: safe ? next : undefined, ended: raw.ended === true ? true : undefined };
}

export function inviteSearch(raw: Raw): { token?: string } {
  return { token: text(raw.token) };
}
