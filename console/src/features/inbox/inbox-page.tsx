// The inbox: list, thread, context panel. The address holds its state.
import { useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { MessagesSquare } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../components/empty";
import { later } from "../../lib/later";
import type { Conversation, Filter } from "../../types/api";
import { conversationQuery } from "./api";
import classes from "./inbox.module.css";
import { ListPane } from "./list/list-pane";
import { ListHead } from "./list-head";
import { ThreadPane } from "./thread/thread-pane";
import { useInboxKeys } from "./use-inbox-keys";

const PanelDrawer = later(async () => (await import("./panel-drawer")).PanelDrawer);

export interface InboxAddress {
  filter: Filter;
  q: string;
}

interface Props extends InboxAddress {
  selected: string | null;
  onOpen: (id: string | null) => void;
  onAddress: (address: InboxAddress) => void;
  panel: (conversation: Conversation) => ReactNode;
}

export function InboxPage({ selected, filter, q, onOpen, onAddress, panel }: Props) {
  const { t } = useTranslation();
  const wide = useMediaQuery("(min-width: 1200px)", true, { getInitialValueInEffect: false });
  const [docked, setDocked] = useLocalStorage({ key: "konectus-panel", defaultValue: true });
  const [drawer, setDrawer] = useState(false);
  const togglePanel = () => (wide ? setDocked(!docked) : setDrawer(!drawer));
  const view = useQuery({ ...conversationQuery(selected ?? ""), enabled: selected !== null });
  const conversation = selected ? view.data?.conversation : undefined;
  useInboxKeys({
    filter,
    q,
    conversation,
    selected,
    onOpen,
    onFilter: (f) => onAddress({ filter: f, q }),
    togglePanel,
  });
  const panelOpen = wide ? docked : drawer;

  return (
    <main className={classes.page} id="main" data-thread={selected !== null || undefined}>
      <h1 className={classes.hidden}>{t("inbox.title")}</h1>
      <div className={classes.list}>
        <ListPane
          filter={filter}
          q={q}
          selected={selected}
          head={<ListHead />}
          onFilter={(next) => onAddress({ filter: next, q })}
          onSearch={(next) => onAddress({ filter, q: next })}
          onOpen={onOpen}
        />
      </div>
      <div className={classes.thread}>
        {selected ? (
          <ThreadPane
            id={selected}
            panelOpen={panelOpen}
            onBack={() => onOpen(null)}
            onPanel={togglePanel}
          />
        ) : (
          <Empty middle icon={MessagesSquare} title={t("inbox.pick")} hint={t("inbox.pickHint")} />
        )}
      </div>
      {conversation && wide && docked && (
        <aside className={classes.panel} aria-label={t("contact.title")}>
          {panel(conversation)}
        </aside>
      )}
      {conversation && !wide && drawer && (
        <PanelDrawer onClose={() => setDrawer(false)}>{panel(conversation)}</PanelDrawer>
      )}
    </main>
  );
}
