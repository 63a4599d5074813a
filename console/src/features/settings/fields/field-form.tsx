// One field: its label, its type, and for a choice the choices. The key never changes.
import { Button, NativeSelect, TagsInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../../../components/problem-notice";
import { put } from "../../../lib/http";
import type { FieldDefinition } from "../../../types/api";
import classes from "../settings.module.css";
import { useSave } from "../use-save";
import { keyFrom } from "./key-from";

export const fieldsKey = ["contact-fields"];
const types: readonly FieldDefinition["type"][] = ["text", "number", "date", "boolean", "choice"];

export function FieldForm({
  field,
  onDone,
}: {
  field: FieldDefinition | null;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const form = useForm<FieldDefinition>({
    initialValues: field ?? { key: "", label: "", type: "text", choices: [] },
    validate: {
      choices: (value, values) =>
        values.type === "choice" && value.length === 0 ? t("settings.fields.needChoices") : null,
    },
  });
  const save = useSave(
    (body: FieldDefinition) => put<unknown>("/api/contact-fields", body),
    [fieldsKey],
  );
  const key = field?.key ?? keyFrom(form.values.label);
  const submit = form.onSubmit((values) =>
    save.mutate(
      { ...values, key, choices: values.type === "choice" ? values.choices : [] },
      { onSuccess: onDone },
    ),
  );
  return (
    <form className={classes.form} onSubmit={submit}>
      {save.error && <ProblemNotice error={save.error} />}
      <TextInput
        label={t("settings.fields.label")}
        description={key ? t("settings.fields.keyIs", { key }) : undefined}
        required
        maxLength={200}
        {...form.getInputProps("label")}
      />
      <NativeSelect
        label={t("settings.fields.type")}
        data={types.map((value) => ({ value, label: t(`settings.fields.types.${value}`) }))}
        {...form.getInputProps("type")}
      />
      {form.values.type === "choice" && (
        <TagsInput
          label={t("settings.fields.choices")}
          description={t("settings.fields.choicesHint")}
          {...form.getInputProps("choices")}
        />
      )}
      <Button type="submit" loading={save.isPending} disabled={!key}>
        {t("common.save")}
      </Button>
    </form>
  );
}
