// Fields that the business adds to its contacts.
import { Button, Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ListPlus, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../../components/empty";
import { RowsLoading } from "../../../components/loading";
import { Page } from "../../../components/page";
import { ProblemNotice } from "../../../components/problem-notice";
import table from "../../../components/table.module.css";
import { get } from "../../../lib/http";
import type { FieldDefinition, FieldDefinitions } from "../../../types/api";
import { FieldForm, fieldsKey } from "./field-form";

export default function FieldsPage() {
  const { t } = useTranslation();
  const { data, error, isPending } = useQuery({
    queryKey: fieldsKey,
    queryFn: () => get<FieldDefinitions>("/api/contact-fields"),
  });
  const [editing, setEditing] = useState<FieldDefinition | "new" | null>(null);
  const button = (
    <Button leftSection={<Plus size={16} />} onClick={() => setEditing("new")}>
      {t("settings.fields.add")}
    </Button>
  );
  return (
    <Page title={t("settings.fields.title")} lead={t("settings.fields.lead")} action={button}>
      {error && <ProblemNotice error={error} />}
      {isPending && <RowsLoading rows={3} />}
      {data?.items.length === 0 && <Empty icon={ListPlus} title={t("settings.fields.empty")} />}
      {data && data.items.length > 0 && <FieldTable fields={data.items} onEdit={setEditing} />}
      <Drawer
        opened={editing !== null}
        onClose={() => setEditing(null)}
        title={editing === "new" ? t("settings.fields.add") : t("settings.fields.edit")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        {editing !== null && (
          <FieldForm field={editing === "new" ? null : editing} onDone={() => setEditing(null)} />
        )}
      </Drawer>
    </Page>
  );
}

interface TableProps {
  fields: readonly FieldDefinition[];
  onEdit: (field: FieldDefinition) => void;
}

function FieldTable({ fields, onEdit }: TableProps) {
  const { t } = useTranslation();
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t("settings.fields.label")}</th>
          <th scope="col">{t("settings.fields.key")}</th>
          <th scope="col">{t("settings.fields.type")}</th>
          <th scope="col">
            <span className={table.hidden}>{t("act.more")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.key}>
            <td>
              <strong>{field.label}</strong>
            </td>
            <td data-label={t("settings.fields.key")}>
              <code>{field.key}</code>
            </td>
            <td data-label={t("settings.fields.type")}>
              {t(`settings.fields.types.${field.type}`)}
              {field.choices.length > 0 && `: ${field.choices.join(", ")}`}
            </td>
            <td className={table.actions}>
              <Button variant="default" onClick={() => onEdit(field)}>
                {t("settings.fields.edit")}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
