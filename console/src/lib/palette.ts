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

const shape = (commands: readonly Command[]) =>
  commands
    .map(({ id, label, group, keys }) => [id, label, group, keys].join("\u0000"))
    .join("\u0001");

// Commands are made anew at every render; those who show them hear only of what looks different.
function refresh(): void {
  const next = [...sets].flatMap(([owner, commands]) =>
    commands.map((command) => ({ ...command, run: () => newest(owner, command.id)?.run() })),
  );
  if (shape(next) === shape(all)) return;
  all = next;
  for (const listener of listeners) listener();
}

function newest(owner: string, id: string): Command | undefined {
  return sets.get(owner)?.find((command) => command.id === id);
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
