// Ready, paused or offline: only an explicit act changes it.
import { Menu, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Check, ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PresenceState } from "../../types/api";
import { presenceQuery, useSetPresence } from "./api";
import classes from "./head.module.css";

const states: readonly PresenceState[] = ["ready", "paused", "offline"];

export function PresenceSelect() {
  const { t } = useTranslation();
  const { data } = useQuery(presenceQuery);
  const set = useSetPresence();
  const state = data?.state ?? "offline";
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton
          className={classes.presence}
          data-testid="presence-select"
          data-state={state}
        >
          <span className={classes.presenceDot} data-state={state} aria-hidden />
          <span className={classes.hidden}>{t("presence.label")} </span>
          {t(`presence.${state}`)}
          <ChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {data && (
          <Menu.Label>
            {t("presence.load", { active: data.active, capacity: data.capacity })}
          </Menu.Label>
        )}
        {states.map((name) => (
          <Menu.Item
            key={name}
            data-testid={`presence-${name}`}
            leftSection={<span className={classes.presenceDot} data-state={name} aria-hidden />}
            rightSection={name === state ? <Check size={14} aria-hidden /> : null}
            onClick={() => set.mutate(name)}
          >
            {t(`presence.${name}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
