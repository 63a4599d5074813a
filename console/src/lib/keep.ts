// Small things kept in this browser for one person: drafts and messages on their way.
import { createStore, del, delMany, entries, get, set, type UseStore } from "idb-keyval";

let store: UseStore | null = null;
const db = () => (store ??= createStore("konectus", "kept"));

export function keepUnder(userId: string, kind: string) {
  const prefix = `${userId}:${kind}:`;
  return {
    get: <T>(key: string) => get<T>(prefix + key, db()),
    put: (key: string, value: unknown) => set(prefix + key, value, db()),
    remove: (key: string) => del(prefix + key, db()),
    all: async <T>(): Promise<T[]> => {
      const rows = await entries<string, T>(db());
      return rows.filter(([key]) => key.startsWith(prefix)).map(([, value]) => value);
    },
  };
}

// Signing out on purpose leaves nothing of this person behind.
export async function forget(userId: string): Promise<void> {
  const rows = await entries<string, unknown>(db());
  await delMany(
    rows.map(([key]) => key).filter((key) => key.startsWith(`${userId}:`)),
    db(),
  );
}
