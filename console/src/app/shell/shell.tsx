// Everything around a signed-in view: live log, outbox, rail or tabs, banners, palette, help.
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { OutboxProvider, useMakeOutbox } from "../../features/inbox/outbox/outbox-context";
import { useKeys } from "../../lib/keyboard";
import { useMe } from "../../lib/session";
import { LiveProvider } from "../../live/live";
import { Banners } from "./banners";
import { KeysHelp } from "./keys-help";
import { Navigation } from "./navigation";
import { Palette } from "./palette";
import classes from "./shell.module.css";

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
        <Palette onHelp={open} />
        <KeysHelp opened={help} onClose={close} />
      </OutboxProvider>
    </LiveProvider>
  );
}
