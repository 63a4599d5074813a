// What was written and is not confirmed yet: pure moves of the list of entries.
export interface Entry {
  client_id: string;
  conversation_id: string;
  kind: "message" | "note";
  text: string;
  reply_to: string | null;
  at: string;
  state: "queued" | "sending" | "failed";
  problem: { code: string; message: string } | null;
}

export type Entries = readonly Entry[];

export function add(entries: Entries, entry: Entry): Entries {
  return entries.some((e) => e.client_id === entry.client_id) ? entries : [...entries, entry];
}

export function drop(entries: Entries, clientId: string): Entries {
  return entries.some((e) => e.client_id === clientId)
    ? entries.filter((e) => e.client_id !== clientId)
    : entries;
}

export function change(entries: Entries, clientId: string, to: Partial<Entry>): Entries {
  return entries.map((e) => (e.client_id === clientId ? { ...e, ...to } : e));
}

export function retry(entries: Entries, clientId: string): Entries {
  return change(entries, clientId, { state: "queued", problem: null });
}

// The entry to send now: the oldest queued one, unless one of this conversation is on its way.
export function nextToSend(entries: Entries, conversationId: string): Entry | null {
  const own = entries.filter((e) => e.conversation_id === conversationId);
  if (own.some((e) => e.state === "sending")) return null;
  return own.find((e) => e.state === "queued") ?? null;
}

// After a reload nobody knows whether the request left; sending again is safe (client_id).
export function restored(entries: Entries): Entries {
  return [...entries]
    .map((e): Entry => (e.state === "sending" ? { ...e, state: "queued" } : e))
    .sort((a, b) => a.at.localeCompare(b.at));
}
