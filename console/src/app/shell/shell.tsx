// Everything around a signed-in view: live log, outbox, rail or tabs, banners, palette, help.
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { OutboxProvider, useMakeOutbox } from "../../features/inbox/outbox/outbox-context";
import { useKeys } from "../../lib/keyboard";
import { useMe } from "../../lib/session";
import { useLater } from "../../lib/use-now";
import { LiveProvider } from "../../live/live";
import { Banners } from "./banners";
import { Navigation } from "./navigation";
import classes from "./shell.module.css";

// Wanted soon but not first: they come once the inbox stands.
const Palette = lazy(() => import("./palette"));
const KeysHelp = lazy(() => import("./keys-help"));
const AFTER_FIRST_PAINT_MS = 1_200;

export function Shell() {
  const me = useMe();
  const { t } = useTranslation();
  const outbox = useMakeOutbox(me.user.id);
  const navigate = useNavigate();
  const later = useLater(AFTER_FIRST_PAINT_MS);
  const [help, { open, close }] = useDisclosure(false);
  useKeys({
    "?": open,
    "g i": () => void navigate({ to: "/c" }),
    "g c": () => void navigate({ to: "/contacts" }),
    "g s": () => void navigate({ to: "/settings" }),
  });

  return (
    <LiveProvider me={me} onMessage={outbox.discard}>
      <OutboxProvider outbox={outbox}>
        <div className={classes.shell}>
          <a className="k-skip" href="#main">
            {t("nav.skip")}
          </a>
          <Navigation />
          <div className={classes.view}>
            <Banners />
            <div className={classes.outlet}>
              <Outlet />
            </div>
          </div>
        </div>
        <Suspense fallback={null}>
          {later && <Palette onHelp={open} />}
          {later && <KeysHelp opened={help} onClose={close} />}
        </Suspense>
      </OutboxProvider>
    </LiveProvider>
  );
}
