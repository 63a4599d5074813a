// Everything around a signed-in view: live log, outbox, rail or tabs, banners, palette, help.
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { OutboxProvider, useMakeOutbox } from "../../features/inbox/outbox/outbox-context";
import { useKeys } from "../../lib/keyboard";
import { later } from "../../lib/later";
import { useMe } from "../../lib/session";
import { LiveProvider } from "../../live/live";
import { Banners } from "./banners";
import { LazyPalette } from "./lazy-palette";
import { Navigation } from "./navigation";
import classes from "./shell.module.css";

const KeysHelp = later(async () => (await import("./keys-help")).KeysHelp);

export function Shell() {
  const me = useMe();
  const { t } = useTranslation();
  const outbox = useMakeOutbox(me.user.id);
  const navigate = useNavigate();
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
        <LazyPalette onHelp={open} />
        {help && <KeysHelp opened onClose={close} />}
      </OutboxProvider>
    </LiveProvider>
  );
}
