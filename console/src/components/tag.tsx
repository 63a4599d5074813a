// A small label with meaning colours only for meaning.
import type { ReactNode } from "react";
import classes from "./tag.module.css";

export type Tone = "plain" | "ok" | "warn" | "bad" | "bot" | "accent";

export function Tag({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}
