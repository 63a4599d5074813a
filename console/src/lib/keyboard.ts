// Single-key shortcuts outside inputs, with one prefix ("g"), and the person's wish to have none.
import { useEffect, useRef, useSyncExternalStore } from "react";

const PREFIX_MS = 1_200;
const KEPT = "konectus-keys";

export type Keys = Record<string, (() => void) | undefined>;

let pending = "";
let pendingAt = 0;
const listeners = new Set<() => void>();

export const keysAreOn = () => localStorage.getItem(KEPT) !== "off";

export function turnKeys(on: boolean): void {
  localStorage.setItem(KEPT, on ? "on" : "off");
  for (const listener of listeners) listener();
}

export function useKeysAreOn(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, keysAreOn);
}

export function useKeys(keys: Keys): void {
  const held = useRef(keys);
  useEffect(() => {
    held.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isForUs(event)) return;
      const act = held.current[withPrefix(event.key.toLowerCase())];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

// Several listeners hear the same key: the prefix is kept until its time is over, not consumed.
function withPrefix(key: string): string {
  if (key === "g") {
    pending = "g";
    pendingAt = Date.now();
    return key;
  }
  return pending && Date.now() - pendingAt < PREFIX_MS ? `${pending} ${key}` : key;
}

function isForUs(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target as HTMLElement | null;
  if (target?.closest("[role=dialog], [role=menu], [role=listbox]")) return false;
  const typing = target?.matches("input, textarea, select, [contenteditable=true]") ?? false;
  return !typing && (event.key === "Escape" || keysAreOn());
}
