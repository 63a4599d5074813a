// Keeps a thread at its end while the reader is there; else counts what came below.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 60;

export interface Stick {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  atEnd: boolean;
  toEnd: () => void;
  onScroll: () => void;
}

// `last`: key of the newest row; `own`: it was just written here, so the reader wants to see it.
export function useStick(threadId: string, last: string | undefined, own: boolean): Stick {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const top = useRef(0);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    stuck.current = true;
    setAtEnd(true);
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, []);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    // Content that grew below also leaves the end; only going up is the reader's wish.
    if (near) stuck.current = true;
    else if (element.scrollTop < top.current) stuck.current = false;
    top.current = element.scrollTop;
    setAtEnd(stuck.current);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another thread starts at its end
  useLayoutEffect(toEnd, [threadId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs for each new last row
  useLayoutEffect(() => {
    if (stuck.current || own) toEnd();
  }, [last]);

  useEffect(() => {
    const grow = new ResizeObserver(() => stuck.current && toEnd());
    if (content.current) grow.observe(content.current);
    if (scroller.current) grow.observe(scroller.current);
    return () => grow.disconnect();
  }, [toEnd]);

  return { scroller, content, atEnd, toEnd, onScroll };
}
