// Offers go only to people who are available, so whoever starts a day is asked to be.
import { ActionIcon, Button } from "@mantine/core";
import { useSessionStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../lib/session";
import { presenceQuery, useSetPresence } from "./api";
import classes from "./head.module.css";

export function AwayNotice() {
  const { t } = useTranslation();
  const { user } = useMe();
  const { data } = useQuery(presenceQuery);
  const set = useSetPresence();
  const [later, setLater] = useSessionStorage({
    key: `konectus-away-${user.id}`,
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  if (data?.state !== "offline" || later) return null;
  return (
    <div className={classes.away} role="status" data-testid="away-notice">
      <p>{t("presence.awayHint")}</p>
      <Button data-testid="go-ready" onClick={() => set.mutate("ready")}>
        {t("presence.goReady")}
      </Button>
      <ActionIcon aria-label={t("presence.later")} onClick={() => setLater(true)}>
        <X size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}
