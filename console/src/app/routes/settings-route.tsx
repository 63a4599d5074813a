// The settings: a menu of sections, each loaded when opened.

import { useMediaQuery } from "@mantine/hooks";
import { Link, Navigate, Outlet, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { type ComponentType, lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { RowsLoading } from "../../components/loading";
import { mayAs, useMe } from "../../lib/session";
import { leastRole, type Section, settingsSections } from "../settings-sections";
import classes from "./settings.module.css";

const sections: Record<Section, ComponentType> = {
  preferences: lazy(() => import("../../features/settings/preferences/preferences-page")),
  channels: lazy(() => import("../../features/settings/channels/channels-page")),
  team: lazy(() => import("../../features/settings/team/team-page")),
  business: lazy(() => import("../../features/settings/business/business-page")),
  fields: lazy(() => import("../../features/settings/fields/fields-page")),
  orders: lazy(() => import("../../features/settings/orders/orders-page")),
  tokens: lazy(() => import("../../features/settings/tokens/tokens-page")),
  plan: lazy(() => import("../../features/settings/plan/plan-page")),
};

export function SettingsRoute() {
  const { section } = useParams({ strict: false });
  return (
    <div className={classes.settings} data-section={section !== undefined || undefined}>
      <SectionMenu />
      <div className={classes.body}>
        <Outlet />
      </div>
    </div>
  );
}

function SectionMenu() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <nav className={classes.menu} aria-label={t("nav.settings")}>
      <p className={classes.heading}>{t("nav.settings")}</p>
      {settingsSections
        .filter((name) => mayAs(me, leastRole[name]))
        .map((name) => (
          <Link
            key={name}
            to="/settings/$section"
            params={{ section: name }}
            className={classes.link}
            activeProps={{ "aria-current": "page" }}
          >
            {t(`settings.${name}.title`)}
          </Link>
        ))}
    </nav>
  );
}

// On a phone the menu is the page; elsewhere the first section opens.
export function SettingsHome() {
  const { t } = useTranslation();
  const narrow = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false });
  const me = useMe();
  if (!narrow) {
    const section = mayAs(me, "admin") ? "channels" : "preferences";
    return <Navigate to="/settings/$section" params={{ section }} replace />;
  }
  return (
    <main id="main">
      <h1 className={classes.hidden}>{t("nav.settings")}</h1>
    </main>
  );
}

export function SectionRoute() {
  const { t } = useTranslation();
  const { section } = useParams({ from: "/inside/settings/$section" });
  const me = useMe();
  const name = section as Section;
  if (!mayAs(me, leastRole[name])) return <Navigate to="/settings" replace />;
  const View = sections[name];
  return (
    <>
      <nav className={classes.back} aria-label={t("settings.back")}>
        <Link to="/settings">
          <ArrowLeft size={16} aria-hidden /> {t("nav.settings")}
        </Link>
      </nav>
      <Suspense fallback={<RowsLoading />}>
        <View />
      </Suspense>
    </>
  );
}
