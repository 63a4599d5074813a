// The fields that the business defined itself, each in the control of its type.
import { NativeSelect, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { FieldDefinition, FieldValue } from "../../../types/api";
import { fieldsQuery } from "../api";
import { EditField } from "./edit-field";
import classes from "./profile.module.css";

type Values = Record<string, FieldValue>;

export function CustomFields({
  values,
  onSave,
}: {
  values: Values;
  onSave: (change: Values) => void;
}) {
  const { data } = useQuery(fieldsQuery);
  return data?.items.map((field) => (
    <CustomField
      key={field.key}
      field={field}
      value={values[field.key] ?? null}
      onSave={(value) => onSave({ [field.key]: value })}
    />
  ));
}

interface Props {
  field: FieldDefinition;
  value: FieldValue;
  onSave: (value: FieldValue) => void;
}

function CustomField({ field, value, onSave }: Props) {
  const { t } = useTranslation();
  if (field.type === "boolean") {
    return (
      <Switch
        classNames={{ root: classes.switch }}
        label={field.label}
        checked={value === true}
        onChange={(event) => onSave(event.currentTarget.checked)}
      />
    );
  }
  if (field.type === "choice") {
    return (
      <NativeSelect
        classNames={{ root: classes.field, label: classes.label, input: classes.input }}
        label={field.label}
        value={typeof value === "string" ? value : ""}
        data={[{ value: "", label: t("contact.noChoice") }, ...field.choices]}
        onChange={(event) => onSave(event.currentTarget.value || null)}
      />
    );
  }
  const save = (text: string | null) => {
    if (field.type !== "number" || text === null) return onSave(text);
    const number = Number(text.replace(",", "."));
    if (Number.isFinite(number)) onSave(number);
  };
  const type = field.type === "date" ? "date" : field.type === "number" ? "number" : "text";
  return (
    <EditField
      label={field.label}
      type={type}
      value={value === null ? null : String(value)}
      onSave={save}
    />
  );
}
