// An ordinary page: title, one primary action, content of at most 1100 px.
import type { ReactNode } from "react";
import classes from "./page.module.css";

interface Props {
  title: string;
  lead?: string;
  action?: ReactNode;
  children: ReactNode;
}

export function Page({ title, lead, action, children }: Props) {
  return (
    <main className={classes.scroller} id="main">
      <div className={classes.page}>
        <div className={classes.head}>
          <div>
            <h1 className={classes.title}>{title}</h1>
            {lead && <p className={classes.lead}>{lead}</p>}
          </div>
          {action}
        </div>
        {children}
      </div>
    </main>
  );
}
