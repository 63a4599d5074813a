// A value that is text until it is clicked, and saved when it is left.
import { TextInput } from "@mantine/core";
import { type HTMLInputTypeAttribute, useState } from "react";
import classes from "./profile.module.css";

interface Props {
  label: string;
  value: string | null;
  type?: HTMLInputTypeAttribute;
  onSave: (value: string | null) => void;
}

export function EditField({ label, value, type = "text", onSave }: Props) {
  const [text, setText] = useState(value ?? "");
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setText(value ?? "");
  }
  const save = () => {
    const next = text.trim() || null;
    if (next !== value) onSave(next);
  };
  return (
    <TextInput
      classNames={{ root: classes.field, label: classes.label, input: classes.input }}
      label={label}
      type={type}
      placeholder="—"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") setText(value ?? "");
      }}
    />
  );
}
