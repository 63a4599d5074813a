// One place for every command, with its shortcut beside it.
import "@mantine/spotlight/styles.layer.css";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Command, useAllCommands, useCommands } from "../../lib/palette";
import { mayAs, useMe } from "../../lib/session";
import { leastRole, settingsSections } from "../settings-sections";
import classes from "./shell.module.css";

interface Props {
  onHelp: () => void;
  openAtOnce: boolean;
  onReady: () => void;
}

export function Palette({ onHelp, openAtOnce, onReady }: Props) {
  const { t } = useTranslation();
  const first = useRef({ openAtOnce, onReady });
  useEffect(() => {
    first.current.onReady();
    if (first.current.openAtOnce) spotlight.open();
  }, []);
  useCommands("app", useAppCommands(onHelp));
  const commands = useAllCommands();
  const groups = useMemo(() => {
    const by = Map.groupBy(commands, (command) => command.group);
    return [...by].map(([group, list]) => ({
      group,
      actions: list.map((command) => ({
        id: command.id,
        label: command.label,
        onClick: command.run,
        rightSection: command.keys ? <kbd className={classes.key}>{command.keys}</kbd> : undefined,
      })),
    }));
  }, [commands]);

  return (
    <Spotlight
      actions={groups}
      shortcut="mod + K"
      tagsToIgnore={[]}
      highlightQuery={false}
      attributes={{ content: { "aria-label": t("keys.palette") } }}
      scrollable
      maxHeight={420}
      nothingFound={t("palette.nothing")}
      searchProps={{
        leftSection: <Search size={17} aria-hidden />,
        placeholder: t("palette.placeholder"),
        "aria-label": t("palette.placeholder"),
      }}
    />
  );
}

function useAppCommands(onHelp: () => void): Command[] {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const group = t("palette.go");
  return [
    {
      id: "go-inbox",
      label: t("nav.inbox"),
      group,
      keys: "G I",
      run: () => void navigate({ to: "/c" }),
    },
    {
      id: "go-contacts",
      label: t("nav.contacts"),
      group,
      keys: "G C",
      run: () => void navigate({ to: "/contacts" }),
    },
    ...settingsSections
      .filter((name) => mayAs(me, leastRole[name]))
      .map((name) => ({
        id: `go-${name}`,
        label: `${t("nav.settings")}: ${t(`settings.${name}.title`)}`,
        group,
        run: () => void navigate({ to: "/settings/$section", params: { section: name } }),
      })),
    { id: "help", label: t("keys.title"), group, keys: "?", run: onHelp },
  ];
}
