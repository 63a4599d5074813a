// Notes about a contact, seen by the team in every conversation.
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RichText } from "../../../components/rich-text";
import { useMe } from "../../../lib/session";
import { fullTime } from "../../../lib/time";
import type { Contact } from "../../../types/api";
import { useAddNote } from "../api";
import classes from "./profile.module.css";

export function ContactNotes({ contact }: { contact: Contact }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useMe();
  const [text, setText] = useState("");
  const add = useAddNote(contact.id);
  const save = () => add.mutate({ text: text.trim() }, { onSuccess: () => setText("") });
  return (
    <section className={classes.section} aria-labelledby="contact-notes">
      <h3 className={classes.heading} id="contact-notes">
        {t("contact.notes")}
      </h3>
      <Textarea
        aria-label={t("contact.addNote")}
        placeholder={t("contact.addNote")}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={10_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {text.trim() && (
        <Button className={classes.saveNote} loading={add.isPending} onClick={save}>
          {t("contact.saveNote")}
        </Button>
      )}
      <ul className={classes.notes}>
        {contact.notes.map((note) => (
          <li key={note.id}>
            <div className={classes.noteText}>
              <RichText text={note.text} />
            </div>
            <div className={classes.since}>
              {note.author_name} · {fullTime(note.at, i18n.language, tenant.timezone)}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
