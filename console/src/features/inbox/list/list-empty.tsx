// What an empty list means, and the next step.
import { Button } from "@mantine/core";
import { Bot, CircleCheck, Inbox, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../../components/empty";
import type { Filter } from "../../../types/api";

export function ListEmpty({
  filter,
  q,
  onClear,
}: {
  filter: Filter;
  q: string;
  onClear: () => void;
}) {
  const { t } = useTranslation();
  if (q) {
    return (
      <Empty
        icon={SearchX}
        title={t("inbox.empty.search", { q })}
        action={
          <Button variant="default" onClick={onClear}>
            {t("inbox.clearSearch")}
          </Button>
        }
      />
    );
  }
  const icon =
    filter === "bot" ? Bot : filter === "all" || filter === "resolved" ? Inbox : CircleCheck;
  return (
    <Empty icon={icon} title={t(`inbox.empty.${filter}`)} hint={t(`inbox.emptyHint.${filter}`)} />
  );
}
