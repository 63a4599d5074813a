// True once the first screen has had its time to come up and the browser has nothing better to do.
import { useEffect, useState } from "react";

const FIRST_SCREEN_MS = 1_000;
const LATEST_MS = 2_500;

export function useIdle(): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    const done = () => setIdle(true);
    let handle = 0;
    const timer = setTimeout(() => {
      if ("requestIdleCallback" in window)
        handle = requestIdleCallback(done, { timeout: LATEST_MS - FIRST_SCREEN_MS });
      else done(); // Safari
    }, FIRST_SCREEN_MS);
    return () => {
      clearTimeout(timer);
      if (handle) cancelIdleCallback(handle);
    };
  }, []);
  return idle;
}
