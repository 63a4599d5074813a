// The palette comes when the first screen is done; a Ctrl+K before that is kept and opens it.
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useIdle } from "../../lib/use-idle";

const load = () => import("./palette");
const Palette = lazy(async () => ({ default: (await load()).Palette }));

export function LazyPalette({ onHelp }: { onHelp: () => void }) {
  const idle = useIdle();
  const ready = useRef(false);
  const [asked, setAsked] = useState(false);

  useEffect(() => {
    const early = (event: KeyboardEvent) => {
      if (ready.current || event.key.toLowerCase() !== "k") return;
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault(); // the browser would go to its address bar
      setAsked(true);
    };
    window.addEventListener("keydown", early);
    return () => window.removeEventListener("keydown", early);
  }, []);

  if (!idle && !asked) return null;
  return (
    <Suspense>
      <Palette
        onHelp={onHelp}
        openAtOnce={asked}
        onReady={() => {
          ready.current = true;
        }}
      />
    </Suspense>
  );
}
