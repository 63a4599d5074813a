// The settings, in the order of the menu, and who may see each.
import type { Role } from "../types/api";

export const settingsSections = [
  "preferences",
  "channels",
  "team",
  "business",
  "fields",
  "orders",
  "tokens",
  "plan",
] as const;

export type Section = (typeof settingsSections)[number];

export const leastRole: Record<Section, Role> = {
  preferences: "agent",
  channels: "admin",
  team: "admin",
  business: "admin",
  fields: "admin",
  orders: "admin",
  tokens: "admin",
  plan: "admin",
};
