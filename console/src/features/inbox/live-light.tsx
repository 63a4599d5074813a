// A small light that says whether what is shown is live.
import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLiveState } from "../../live/live";
import classes from "./head.module.css";

export function LiveLight() {
  const { t } = useTranslation();
  const state = useLiveState();
  return (
    <Tooltip label={t(`live.${state}`)}>
      <span className={classes.light} data-testid="live-light" data-state={state} role="status">
        <span className={classes.dot} aria-hidden />
        <span className={classes.word}>{t(`live.short.${state}`)}</span>
      </span>
    </Tooltip>
  );
}
