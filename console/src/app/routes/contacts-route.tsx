// Joins the contacts page with the address.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ContactsPage } from "../../features/contacts/contacts-page";

export function ContactsRoute() {
  const { q = "", id = null } = useSearch({ from: "/inside/contacts" });
  const navigate = useNavigate();
  return (
    <ContactsPage
      q={q}
      selected={id}
      onSearch={(next) =>
        void navigate({ to: "/contacts", search: { q: next || undefined }, replace: true })
      }
      onSelect={(next) =>
        void navigate({ to: "/contacts", search: { q: q || undefined, id: next ?? undefined } })
      }
    />
  );
}
