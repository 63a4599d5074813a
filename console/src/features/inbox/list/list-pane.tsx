// The list of conversations: filters with counts, search, virtual rows.
import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Search, X } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { RowsLoading } from "../../../components/loading";
import { ProblemNotice } from "../../../components/problem-notice";
import { listed } from "../../../live/fold";
import type { Filter } from "../../../types/api";
import { listQuery } from "../api";
import { Filters } from "./filters";
import classes from "./list.module.css";
import { ListEmpty } from "./list-empty";
import { Rows } from "./rows";

interface Props {
  filter: Filter;
  q: string;
  selected: string | null;
  head: ReactNode;
  onFilter: (filter: Filter) => void;
  onSearch: (q: string) => void;
  onOpen: (id: string) => void;
}

export function ListPane({ filter, q, selected, head, onFilter, onSearch, onOpen }: Props) {
  const { t } = useTranslation();
  const list = useInfiniteQuery({ ...listQuery(filter, q), placeholderData: keepPreviousData });
  const items = useMemo(() => listed(list.data?.pages ?? []), [list.data]);
  const stale =
    list.isPlaceholderData || (list.isFetching && !list.isFetchingNextPage && !!list.data);

  return (
    <section className={classes.pane} aria-label={t("inbox.title")}>
      {head}
      <SearchBox q={q} onSearch={onSearch} />
      <Filters filter={filter} onFilter={onFilter} />
      <div className={classes.bar} data-on={stale || undefined} />
      {list.error && !list.data && (
        <div className={classes.pad}>
          <ProblemNotice error={list.error} />
        </div>
      )}
      {list.isPending && !list.error && <RowsLoading rows={8} height={48} />}
      {list.data && items.length === 0 && !stale && (
        <ListEmpty filter={filter} q={q} onClear={() => onSearch("")} />
      )}
      {items.length > 0 && (
        <Rows
          items={items}
          selected={selected}
          onOpen={onOpen}
          hasMore={list.hasNextPage}
          onMore={() => !list.isFetchingNextPage && void list.fetchNextPage()}
        />
      )}
    </section>
  );
}

function SearchBox({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(q);
  const [shown, setShown] = useState(q);
  const later = useDebouncedCallback(onSearch, 250);
  if (q !== shown) {
    setShown(q);
    setText(q);
  }
  const change = (value: string) => {
    setText(value);
    later(value.trim());
  };
  return (
    <TextInput
      id="inbox-search"
      className={classes.search}
      type="search"
      placeholder={t("inbox.search")}
      aria-label={t("inbox.search")}
      size="xs"
      leftSection={<Search size={15} aria-hidden />}
      rightSection={
        text && (
          <button
            type="button"
            className={classes.clear}
            aria-label={t("inbox.clearSearch")}
            onClick={() => change("")}
          >
            <X size={14} aria-hidden />
          </button>
        )
      }
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
    />
  );
}
