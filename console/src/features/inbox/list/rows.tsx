// Virtual rows: only those in view are in the page, however long the list is.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "../../../types/api";
import { ConversationRow } from "./conversation-row";
import classes from "./list.module.css";

export const ROW_HEIGHT = 64;

interface Props {
  items: readonly Conversation[];
  selected: string | null;
  hasMore: boolean;
  onOpen: (id: string) => void;
  onMore: () => void;
}

export function Rows({ items, selected, hasMore, onOpen, onMore }: Props) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 8,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;

  useEffect(() => {
    if (hasMore && last >= items.length - 10) onMore();
  }, [hasMore, last, items.length, onMore]);

  const index = items.findIndex((item) => item.id === selected);
  // Only a new selection scrolls; a list that re-sorts under the reader must not.
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (shown.current === selected || index < 0) return;
    shown.current = selected;
    rows.scrollToIndex(index, { align: "auto" });
  }, [selected, index, rows]);

  return (
    <div ref={scroller} className={classes.scroller}>
      <ul
        className={classes.rows}
        style={{ height: rows.getTotalSize() }}
        aria-label={t("inbox.list")}
      >
        {visible.map((row) => {
          const conversation = items[row.index];
          return (
            conversation && (
              <li
                key={row.key}
                className={classes.item}
                style={{ height: row.size, transform: `translateY(${row.start}px)` }}
                aria-setsize={items.length}
                aria-posinset={row.index + 1}
              >
                <ConversationRow
                  conversation={conversation}
                  selected={conversation.id === selected}
                  onOpen={onOpen}
                />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
