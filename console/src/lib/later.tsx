// A part of a screen that is fetched when needed. Without a network it is tried again, and what is
// already on the screen stays: React.lazy would throw it all away.
import { type ComponentType, type ReactNode, useEffect, useState } from "react";

const AGAIN_MS = 3_000;

export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  waiting: ReactNode = null,
): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  // biome-ignore lint/correctness/noComponentHookFactories: called once per module, as React.lazy is
  return function Later(props: P) {
    const [Part, setPart] = useState(() => loaded);
    useEffect(() => {
      if (Part) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let gone = false;
      const attempt = async () => {
        try {
          loaded ??= await load();
          if (!gone) setPart(() => loaded);
        } catch {
          if (!gone) timer = setTimeout(attempt, AGAIN_MS);
        }
      };
      void attempt();
      return () => {
        gone = true;
        clearTimeout(timer);
      };
    }, [Part]);
    return Part ? <Part {...props} /> : waiting;
  };
}
