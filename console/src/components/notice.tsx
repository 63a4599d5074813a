// A boxed remark: information, a warning or good news.
import { CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import classes from "./notice.module.css";

const icons = { info: Info, warn: TriangleAlert, ok: CircleCheck };

export function Notice({
  kind = "info",
  children,
}: {
  kind?: keyof typeof icons;
  children: ReactNode;
}) {
  const Icon = icons[kind];
  return (
    <div className={classes.notice} data-kind={kind}>
      <Icon size={16} aria-hidden />
      <div>{children}</div>
    </div>
  );
}
