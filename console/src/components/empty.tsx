// An empty place: one line icon, one sentence, one action.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import classes from "./empty.module.css";

interface Props {
  icon: LucideIcon;
  title: string;
  hint?: string;
  action?: ReactNode;
  middle?: boolean; // of a whole pane, not of a list
}

export function Empty({ icon: Icon, title, hint, action, middle }: Props) {
  return (
    <div className={classes.empty} data-middle={middle || undefined}>
      <Icon size={28} strokeWidth={1.5} aria-hidden />
      <p className={classes.title}>{title}</p>
      {hint && <p className={classes.hint}>{hint}</p>}
      {action}
    </div>
  );
}
