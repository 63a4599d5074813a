// A contact, edited in place: beside a thread and in the contacts' drawer.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Face } from "../../../components/face";
import { RowsLoading } from "../../../components/loading";
import { ProblemNotice } from "../../../components/problem-notice";
import { customerName, phoneText } from "../../../lib/person";
import { useMe } from "../../../lib/session";
import { shortDate } from "../../../lib/time";
import type { Contact } from "../../../types/api";
import { contactQuery, useEditContact } from "../api";
import { Consents } from "./consents";
import { ContactNotes } from "./contact-notes";
import { CustomFields } from "./custom-fields";
import { EditField } from "./edit-field";
import { Identities } from "./identities";
import { MentionedOrders } from "./mentioned-orders";
import classes from "./profile.module.css";
import { Tags } from "./tags";

// `orderHints`: words among which order numbers may be, such as what the bot understood.
export function ContactProfile({
  contactId,
  orderHints,
}: {
  contactId: string;
  orderHints: readonly string[];
}) {
  const { data: contact, error } = useQuery(contactQuery(contactId));
  return (
    <div className={classes.profile} data-testid="contact-panel">
      {contact ? (
        <Profile contact={contact} orderHints={orderHints} />
      ) : error ? (
        <div className={classes.pad}>
          <ProblemNotice error={error} />
        </div>
      ) : (
        <RowsLoading rows={5} />
      )}
    </div>
  );
}

function Profile({ contact, orderHints }: { contact: Contact; orderHints: readonly string[] }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useMe();
  const { mutate } = useEditContact(contact.id);
  const title = customerName(contact, t("inbox.unknown"));
  return (
    <>
      <div className={classes.head}>
        <Face name={title} size={44} />
        <div>
          <div className={classes.title}>{title}</div>
          <div className={classes.since}>
            {t("contact.since", {
              date: shortDate(contact.created_at, i18n.language, tenant.timezone),
            })}
          </div>
        </div>
      </div>
      <section className={classes.section} aria-label={t("contact.details")}>
        <EditField
          label={t("contact.name")}
          value={contact.name}
          onSave={(name) => mutate({ name })}
        />
        <EditField
          label={t("contact.phone")}
          type="tel"
          value={contact.phone ? phoneText(contact.phone) : null}
          onSave={(phone) => mutate({ phone })}
        />
        <EditField
          label={t("contact.email")}
          type="email"
          value={contact.email}
          onSave={(email) => mutate({ email })}
        />
        <Tags value={contact.tags} onSave={(tags) => mutate({ tags })} />
        <CustomFields values={contact.fields} onSave={(fields) => mutate({ fields })} />
      </section>
      <MentionedOrders hints={orderHints} />
      <ContactNotes contact={contact} />
      <Consents contact={contact} />
      <Identities identities={contact.identities} />
    </>
  );
}
