// Keys of every query whose answer a live event can change.
import type { Filter } from "../types/api";

export const keys = {
  me: ["me"] as const,
  conversations: (filter: Filter, q: string) => ["conversations", filter, q] as const,
  allConversations: ["conversations"] as const,
  counts: ["counts"] as const,
  conversation: (id: string) => ["conversation", id] as const,
  messages: (id: string) => ["messages", id] as const,
  contact: (id: string) => ["contact", id] as const,
  contacts: ["contacts"] as const,
  channels: ["channels"] as const,
  billing: ["billing"] as const,
  presence: ["presence"] as const,
  queues: ["queues"] as const,
};
