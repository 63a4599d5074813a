// Of a long thread only its last part is in the page; going up draws more of what is loaded.
import { useMemo, useState } from "react";
import type { Shown } from "./group";

const FIRST = 100;
const STEP = 150;

interface Drawn {
  messages: readonly Shown[];
  more: (() => void) | null;
}

// Where the drawn part begins while somebody reads above the end; null: with the first message.
interface Top {
  thread: string;
  id: string | null;
}

export function useDrawn(messages: readonly Shown[], atEnd: boolean, thread: string): Drawn {
  const [top, setTop] = useState<Top | null>(null);
  const held = top?.thread === thread ? top : null;
  const start = startOf(messages, held);
  const beginAt = (index: number): Top => ({
    thread,
    id: index > 0 ? (messages[index]?.id ?? null) : null,
  });
  if (atEnd && top) setTop(null);
  else if (!atEnd && !held) setTop(beginAt(start)); // what is read must not go away from above
  const drawn = useMemo(() => messages.slice(start), [messages, start]);
  const more = start > 0 ? () => setTop(beginAt(start - STEP)) : null;
  return { messages: drawn, more };
}

export function startOf(
  messages: readonly Pick<Shown, "id">[],
  top: Pick<Top, "id"> | null,
): number {
  const last = Math.max(0, messages.length - FIRST);
  if (!top) return last;
  if (top.id === null) return 0;
  const at = messages.findIndex((message) => message.id === top.id);
  return at < 0 ? last : at;
}
