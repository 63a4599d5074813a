// The palette comes when the first screen is done; a Ctrl+K before that is kept and opens it.
import { useEffect, useRef, useState } from "react";
import { later } from "../../lib/later";
import { useIdle } from "../../lib/use-idle";

const Palette = later(async () => (await import("./palette")).Palette);

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
    <Palette
      onHelp={onHelp}
      openAtOnce={asked}
      onReady={() => {
        ready.current = true;
      }}
    />
  );
}
