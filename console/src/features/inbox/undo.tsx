// Undo instead of a question: a resolved conversation can be had back for a few seconds.
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import { toastProblem } from "../../lib/problem";

const SHOWN_MS = 7_000;
const ID = "resolve-undo";
let undo: (() => void) | null = null;

export function offerUndo(reopen: () => Promise<unknown>): void {
  undo = () => {
    undo = null;
    notifications.hide(ID);
    reopen().catch(toastProblem);
  };
  notifications.hide(ID);
  notifications.show({
    id: ID,
    autoClose: SHOWN_MS,
    withBorder: true,
    closeButtonProps: { "aria-label": i18next.t("common.close") },
    onClose: () => {
      undo = null;
    },
    message: (
      <span
        style={{ display: "flex", alignItems: "center", justifyContent: "space-between", gap: 12 }}
      >
        {i18next.t("act.resolved")}
        <Button variant="subtle" data-testid="undo-resolve" onClick={runUndo}>
          {i18next.t("act.undo")}
        </Button>
      </span>
    ),
  });
}

export function runUndo(): void {
  undo?.();
}
