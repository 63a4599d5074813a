// What concerns the whole console: no network, a suspended subscription.
import { Link } from "@tanstack/react-router";
import { CircleAlert, WifiOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { mayAs, useMe } from "../../lib/session";
import { useSuspended } from "../../lib/subscription";
import { useLiveState } from "../../live/live";
import classes from "./shell.module.css";

export function Banners() {
  const { t } = useTranslation();
  const me = useMe();
  const live = useLiveState();
  const suspended = useSuspended();
  return (
    <>
      {live === "offline" && (
        <div className={classes.banner} role="status" data-testid="banner-offline">
          <WifiOff size={16} aria-hidden />
          <span>{t("banner.offline")}</span>
        </div>
      )}
      {suspended && (
        <div
          className={classes.banner}
          data-kind="bad"
          role="status"
          data-testid="banner-suspended"
        >
          <CircleAlert size={16} aria-hidden />
          <span>
            {t("banner.suspended")}{" "}
            {mayAs(me, "admin") ? (
              <Link to="/settings/$section" params={{ section: "plan" }}>
                {t("banner.seePlan")}
              </Link>
            ) : (
              t("banner.askAdmin")
            )}
          </span>
        </div>
      )}
    </>
  );
}
