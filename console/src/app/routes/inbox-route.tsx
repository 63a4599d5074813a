// Joins the inbox with the address and with the contact's profile beside it.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { RowsLoading } from "../../components/loading";
import { InboxPage } from "../../features/inbox/inbox-page";
import { later } from "../../lib/later";
import type { Handoff } from "../../types/api";

// Beside the thread, not before it: the conversation can be read while the profile loads.
const ContactProfile = later(
  async () => (await import("../../features/contacts/profile/contact-profile")).ContactProfile,
  <RowsLoading rows={5} />,
);

// What the bot understood, and the words it heard: an order may stand in either.
function orderHints(handoff: Handoff | null): string[] {
  return handoff ? [...Object.values(handoff.slots), handoff.summary] : [];
}

export function InboxRoute() {
  const { filter = "all", q = "" } = useSearch({ from: "/inside/c" });
  const { conversationId = null } = useParams({ strict: false });
  const navigate = useNavigate();
  const search = { filter, q: q || undefined };

  return (
    <InboxPage
      filter={filter}
      q={q}
      selected={conversationId}
      onOpen={(id) =>
        id
          ? void navigate({ to: "/c/$conversationId", params: { conversationId: id }, search })
          : void navigate({ to: "/c", search })
      }
      onAddress={(next) => {
        const params = { filter: next.filter, q: next.q || undefined };
        void navigate(
          conversationId
            ? {
                to: "/c/$conversationId",
                params: { conversationId },
                search: params,
                replace: true,
              }
            : { to: "/c", search: params, replace: true },
        );
      }}
      panel={(conversation) => (
        <ContactProfile
          key={conversation.contact.id}
          contactId={conversation.contact.id}
          orderHints={orderHints(conversation.handoff)}
        />
      )}
    />
  );
}
