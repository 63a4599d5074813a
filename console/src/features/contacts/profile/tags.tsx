// Tags of a contact.
import { TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./profile.module.css";

export function Tags({ value, onSave }: { value: string[]; onSave: (tags: string[]) => void }) {
  const { t } = useTranslation();
  return (
    <TagsInput
      classNames={{
        root: classes.field,
        label: classes.label,
        input: classes.tags,
        pill: classes.pill,
      }}
      label={t("contact.tags")}
      placeholder={value.length === 0 ? t("contact.addTag") : ""}
      maxTags={50}
      value={value}
      onChange={(tags) => onSave(tags.map((tag) => tag.slice(0, 40)))}
    />
  );
}
