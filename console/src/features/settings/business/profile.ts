// The facts of a business as form values and back.
import type { BusinessProfile } from "../../../types/api";

export const facts = [
  "assistant_name",
  "hours",
  "address",
  "phone",
  "site",
  "prices",
  "delivery",
  "exchange",
  "bill",
  "complaint_channel",
] as const;

export type Fact = (typeof facts)[number];
export const longFacts: ReadonlySet<Fact> = new Set([
  "hours",
  "prices",
  "delivery",
  "exchange",
  "bill",
]);

type Values = Record<Fact | "name", string>;

export function valuesOf(profile: BusinessProfile): Values {
  const pairs = facts.map((name) => [name, profile[name] ?? ""] as const);
  return { name: profile.name, ...(Object.fromEntries(pairs) as Record<Fact, string>) };
}

// An emptied fact becomes absent, not an empty sentence that the bot would say.
export function profileOf(values: Values): BusinessProfile {
  const pairs = facts.map((name) => [name, values[name].trim() || null] as const);
  return { name: values.name.trim(), ...Object.fromEntries(pairs) };
}

export function timezones(current: string): string[] {
  const all = Intl.supportedValuesOf("timeZone");
  return all.includes(current) ? all : [current, ...all];
}
