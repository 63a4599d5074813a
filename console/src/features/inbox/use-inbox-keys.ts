// The inbox by keyboard, and the same acts in the palette.
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useKeys } from "../../lib/keyboard";
import { type Command, useCommands } from "../../lib/palette";
import { useMe } from "../../lib/session";
import { listed } from "../../live/fold";
import type { Conversation, Filter } from "../../types/api";
import { type Act, listQuery, useAct, useSetPresence } from "./api";
import { filters } from "./list/filters";
import { allowedActs } from "./ownership";
import { runUndo } from "./undo";

interface Inbox {
  filter: Filter;
  q: string;
  selected: string | null;
  conversation: Conversation | undefined;
  onOpen: (id: string | null) => void;
  onFilter: (filter: Filter) => void;
  togglePanel: () => void;
}

const focus = (id: string) => document.getElementById(id)?.focus();

export function useInboxKeys(inbox: Inbox): void {
  const { filter, q, selected, conversation, onOpen, togglePanel } = inbox;
  const client = useQueryClient();
  const perform = useAllowed(conversation);

  const step = (by: number) => {
    const items = listed(client.getQueryData(listQuery(filter, q).queryKey)?.pages ?? []);
    const at = items.findIndex((item) => item.id === selected);
    const next = items[at < 0 ? 0 : at + by];
    if (next) onOpen(next.id);
  };
  const note = () => {
    const toggle = document.querySelector<HTMLElement>("[data-testid=note-toggle]");
    if (toggle?.getAttribute("aria-pressed") === "false") toggle.click();
    else focus("composer");
  };

  useKeys({
    j: () => step(1),
    k: () => step(-1),
    r: () => focus("composer"),
    n: note,
    e: () => perform("resolve"),
    i: () => (conversation?.owner === "offered" ? perform("accept") : perform("take")),
    "/": () => focus("inbox-search"),
    "]": togglePanel,
    z: runUndo,
    escape: () => selected && onOpen(null),
  });
  useInboxCommands(inbox, perform);
}

function useAllowed(conversation: Conversation | undefined): (act: Act) => void {
  const { user } = useMe();
  const act = useAct(conversation);
  return (name) => {
    if (conversation && allowedActs(conversation, user.id)[name]) act.mutate(name);
  };
}

function useInboxCommands(inbox: Inbox, perform: (act: Act) => void): void {
  const { t } = useTranslation();
  const { user } = useMe();
  const presence = useSetPresence();
  const { conversation, onFilter } = inbox;
  const may = conversation ? allowedActs(conversation, user.id) : null;
  const group = t("inbox.title");
  const keysOf: Record<Act, string | undefined> = {
    take: "I",
    accept: "I",
    reject: undefined,
    resolve: "E",
    return: undefined,
  };
  const acts = (["accept", "reject", "take", "resolve", "return"] as const).filter(
    (name) => may?.[name],
  );

  const commands: Command[] = [
    ...acts.map((name) => ({
      id: `act-${name}`,
      label: t(`act.${name}`),
      group,
      keys: keysOf[name],
      run: () => perform(name),
    })),
    ...filters.map((name) => ({
      id: `filter-${name}`,
      label: `${t("inbox.title")}: ${t(`inbox.filter.${name}`)}`,
      group,
      run: () => onFilter(name),
    })),
    ...(["ready", "paused", "offline"] as const).map((name) => ({
      id: `presence-${name}`,
      label: `${t("presence.label")} ${t(`presence.${name}`)}`,
      group,
      run: () => presence.mutate(name),
    })),
  ];
  useCommands("inbox", commands);
}
