// How a customer is called when the name is unknown.
import type { Conversation } from "../types/api";

type ContactRef = Pick<Conversation["contact"], "name" | "phone">;

export function phoneText(phone: string): string {
  const digits = phone.replace(/\D/g, "");
  const brazil = /^55(\d{2})(\d{4,5})(\d{4})$/.exec(digits);
  if (brazil) return `+55 ${brazil[1]} ${brazil[2]}-${brazil[3]}`;
  return digits ? `+${digits}` : phone;
}

export function customerName(contact: ContactRef, unknown: string): string {
  return contact.name ?? (contact.phone ? phoneText(contact.phone) : unknown);
}
