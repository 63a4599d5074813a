// All contacts: search, list, detail in a drawer.
import { Button, Drawer, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Search, SearchX, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../components/empty";
import { RowsLoading } from "../../components/loading";
import { Page } from "../../components/page";
import { ProblemNotice } from "../../components/problem-notice";
import { contactsQuery } from "./api";
import { ContactTable } from "./contact-table";
import classes from "./contacts.module.css";
import { ContactProfile } from "./profile/contact-profile";

interface Props {
  q: string;
  selected: string | null;
  onSearch: (q: string) => void;
  onSelect: (id: string | null) => void;
}

export function ContactsPage({ q, selected, onSearch, onSelect }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(q);
  const later = useDebouncedCallback(onSearch, 250);
  const list = useInfiniteQuery({ ...contactsQuery(q), placeholderData: keepPreviousData });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const change = (value: string) => {
    setText(value);
    later(value.trim());
  };

  return (
    <Page title={t("nav.contacts")}>
      <TextInput
        className={classes.search}
        type="search"
        aria-label={t("contacts.search")}
        placeholder={t("contacts.search")}
        leftSection={<Search size={15} aria-hidden />}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
      />
      {list.error && !list.data && <ProblemNotice error={list.error} />}
      {list.isPending && !list.error && <RowsLoading rows={8} />}
      {list.data && rows.length === 0 && !list.isPlaceholderData && (
        <NoContacts q={q} onClear={() => change("")} />
      )}
      {rows.length > 0 && <ContactTable rows={rows} onSelect={onSelect} />}
      {list.hasNextPage && (
        <Button
          variant="default"
          className={classes.more}
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("common.more")}
        </Button>
      )}
      <Drawer
        opened={selected !== null}
        onClose={() => onSelect(null)}
        padding={0}
        title={t("contact.title")}
        closeButtonProps={{ "aria-label": t("common.close") }}
        classNames={{ header: classes.drawerHead }}
      >
        {selected && <ContactProfile key={selected} contactId={selected} orderHints={[]} />}
      </Drawer>
    </Page>
  );
}

function NoContacts({ q, onClear }: { q: string; onClear: () => void }) {
  const { t } = useTranslation();
  if (!q) return <Empty icon={Users} title={t("contacts.empty")} hint={t("contacts.emptyHint")} />;
  const clear = (
    <Button variant="default" onClick={onClear}>
      {t("inbox.clearSearch")}
    </Button>
  );
  return <Empty icon={SearchX} title={t("inbox.empty.search", { q })} action={clear} />;
}
