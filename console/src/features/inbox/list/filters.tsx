// Which conversations: a row of toggles with the number of open ones.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Filter } from "../../../types/api";
import { countsQuery } from "../api";
import classes from "./list.module.css";

export const filters: readonly Filter[] = ["mine", "queue", "bot", "all", "resolved"];

export function Filters({
  filter,
  onFilter,
}: {
  filter: Filter;
  onFilter: (filter: Filter) => void;
}) {
  const { t } = useTranslation();
  const { data: counts } = useQuery(countsQuery);
  return (
    <fieldset className={classes.filters} aria-label={t("inbox.filters")}>
      {filters.map((name) => (
        <button
          key={name}
          type="button"
          className={classes.filter}
          aria-pressed={filter === name}
          data-testid={`filter-${name}`}
          onClick={() => onFilter(name)}
        >
          {t(`inbox.filter.${name}`)}
          {name !== "resolved" && counts?.[name] !== undefined && counts[name] > 0 && (
            <span className={classes.count} data-hot={name === "queue" || undefined}>
              {counts[name] > 999 ? "999+" : counts[name]}
            </span>
          )}
        </button>
      ))}
    </fieldset>
  );
}
