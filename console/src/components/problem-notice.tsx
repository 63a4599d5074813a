// A refusal shown where it happened, with an id that support can look up.
import { CopyButton, UnstyledButton } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { problemText, requestIdOf } from "../lib/problem";
import classes from "./notice.module.css";

export function ProblemNotice({ error, action }: { error: unknown; action?: ReactNode }) {
  const { t } = useTranslation();
  const id = requestIdOf(error);
  return (
    <div className={classes.notice} data-kind="bad" role="alert">
      <CircleAlert size={16} aria-hidden />
      <div>
        <div>{problemText(error)}</div>
        {id && (
          <CopyButton value={id}>
            {({ copied, copy }) => (
              <UnstyledButton className={classes.request} onClick={copy}>
                {copied ? t("common.copied") : t("problem.request", { id })}
              </UnstyledButton>
            )}
          </CopyButton>
        )}
        {action && <div className={classes.action}>{action}</div>}
      </div>
    </div>
  );
}
