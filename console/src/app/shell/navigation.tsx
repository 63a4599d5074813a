// The rail on the left; on a phone, the tabs below.
import { Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CircleUser, type LucideIcon, MessagesSquare, Settings, Users } from "lucide-react";
import { useTranslation } from "react-i18next";
import { MeMenu } from "./me-menu";
import classes from "./shell.module.css";

const places = [
  { to: "/c", icon: MessagesSquare, name: "inbox", keys: "G I" },
  { to: "/contacts", icon: Users, name: "contacts", keys: "G C" },
  { to: "/settings", icon: Settings, name: "settings", keys: "G S" },
] as const;

export function Navigation() {
  const { t } = useTranslation();
  return (
    <nav className={classes.rail} aria-label={t("nav.main")}>
      <img className={classes.logo} src="/icon.svg" alt="Konectus" width={28} height={28} />
      {places.map((place) => (
        <Place
          key={place.to}
          to={place.to}
          icon={place.icon}
          label={t(`nav.${place.name}`)}
          keys={place.keys}
        />
      ))}
      <div className={classes.gap} />
      <Menu position="right-end" width={240}>
        <Menu.Target>
          <UnstyledButton className={classes.link} aria-label={t("nav.me")} data-testid="me-menu">
            <CircleUser size={20} aria-hidden />
            <span className={classes.tabWord} aria-hidden>
              {t("nav.me")}
            </span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <MeMenu />
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}

interface PlaceProps {
  to: (typeof places)[number]["to"];
  icon: LucideIcon;
  label: string;
  keys: string;
}

function Place({ to, icon: Icon, label, keys }: PlaceProps) {
  return (
    <Tooltip label={`${label}  ${keys}`} position="right">
      <Link
        to={to}
        className={classes.link}
        aria-label={label}
        activeOptions={{ includeSearch: false }}
        activeProps={{ "aria-current": "page" }}
      >
        <Icon size={20} aria-hidden />
        <span className={classes.tabWord} aria-hidden>
          {label}
        </span>
      </Link>
    </Tooltip>
  );
}
