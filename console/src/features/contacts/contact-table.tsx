// Contacts as a table; on a narrow screen the same rows stack as cards.
import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ChannelBadge } from "../../components/channel-badge";
import { Face } from "../../components/face";
import table from "../../components/table.module.css";
import { Tag } from "../../components/tag";
import { customerName, phoneText } from "../../lib/person";
import { useMe } from "../../lib/session";
import { shortDate } from "../../lib/time";
import type { ContactRow } from "../../types/api";
import classes from "./contacts.module.css";

interface Props {
  rows: readonly ContactRow[];
  onSelect: (id: string) => void;
}

export function ContactTable({ rows, onSelect }: Props) {
  const { t } = useTranslation();
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t("contact.name")}</th>
          <th scope="col">{t("contact.phone")}</th>
          <th scope="col">{t("contact.email")}</th>
          <th scope="col">{t("contact.tags")}</th>
          <th scope="col">{t("contacts.since")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} onSelect={onSelect} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, onSelect }: { row: ContactRow; onSelect: (id: string) => void }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useMe();
  const name = customerName(row, t("inbox.unknown"));
  return (
    <tr>
      <td>
        <UnstyledButton className={classes.name} onClick={() => onSelect(row.id)}>
          <Face name={name} size={28} />
          <span>{name}</span>
          {row.channels.map((kind) => (
            <ChannelBadge key={kind} kind={kind} />
          ))}
        </UnstyledButton>
      </td>
      <td className="k-num" data-label={t("contact.phone")}>
        {row.phone ? phoneText(row.phone) : ""}
      </td>
      <td data-label={t("contact.email")}>{row.email ?? ""}</td>
      <td data-label={t("contact.tags")}>
        {row.tags.length > 0 && (
          <span className={classes.tags}>
            {row.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
          </span>
        )}
      </td>
      <td className="k-num" data-label={t("contacts.since")}>
        {shortDate(row.created_at, i18n.language, tenant.timezone)}
      </td>
    </tr>
  );
}
