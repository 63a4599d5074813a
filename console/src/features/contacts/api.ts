// Reading and changing contacts, their notes, consents and the tenant's own fields.
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { get, patch, post } from "../../lib/http";
import { toastProblem } from "../../lib/problem";
import { keys } from "../../live/keys";
import type { Contact, ContactPatch, Contacts, FieldDefinitions, Orders } from "../../types/api";

export const contactsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.contacts, q],
    queryFn: ({ pageParam }) => get<Contacts>("/api/contacts", { q, cursor: pageParam }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });

export const contactQuery = (id: string) =>
  queryOptions({ queryKey: keys.contact(id), queryFn: () => get<Contact>(`/api/contacts/${id}`) });

export const fieldsQuery = queryOptions({
  queryKey: ["contact-fields"],
  queryFn: () => get<FieldDefinitions>("/api/contact-fields"),
});

export const ordersQuery = queryOptions({
  queryKey: ["orders"],
  queryFn: () => get<Orders>("/api/orders"),
});

function merged(contact: Contact, change: ContactPatch): Contact {
  return { ...contact, ...change, fields: { ...contact.fields, ...change.fields } };
}

// Shown at once; a refusal puts the old value back and says why.
export function useEditContact(id: string) {
  const client = useQueryClient();
  const key = keys.contact(id);
  return useMutation({
    mutationFn: (change: ContactPatch) => patch<Contact>(`/api/contacts/${id}`, change),
    onMutate: (change) => {
      const before = client.getQueryData<Contact>(key);
      if (before) client.setQueryData(key, merged(before, change));
      return before;
    },
    onSuccess: (contact) => client.setQueryData(key, contact),
    onError: (error, _change, before) => {
      client.setQueryData(key, before);
      toastProblem(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.contacts }),
  });
}

function useContactPost<Body>(id: string, what: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => post<unknown>(`/api/contacts/${id}/${what}`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.contact(id) }),
    onError: toastProblem,
  });
}

export const useAddNote = (id: string) => useContactPost<{ text: string }>(id, "notes");

export interface ConsentChange {
  purpose: "marketing" | "service";
  state: "in" | "out";
  source: string;
}
export const useSetConsent = (id: string) => useContactPost<ConsentChange>(id, "consents");
