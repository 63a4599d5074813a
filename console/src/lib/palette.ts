// What the command palette offers: every view adds its own commands while it is shown.
import { useEffect, useSyncExternalStore } from "react";

export interface Command {
  id: string;
  label: string;
  group: string;
  keys?: string;
  run: () => void;
}

const sets = new Map<string, readonly Command[]>();
let all: readonly Command[] = [];
const listeners = new Set<() => void>();

function refresh(): void {
  all = [...sets.values()].flat();
  for (const listener of listeners) listener();
}

export function useCommands(owner: string, commands: readonly Command[]): void {
  useEffect(() => {
    sets.set(owner, commands);
    refresh();
  });
  useEffect(
    () => () => {
      sets.delete(owner);
      refresh();
    },
    [owner],
  );
}

export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );
}
