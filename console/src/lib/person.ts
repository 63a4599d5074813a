// How a customer is called: by name, else by phone as people write it.
import type { Conversation } from "../types/api";

type ContactRef = Pick<Conversation["contact"], "name" | "phone">;

export function phoneText(phone: string): string {
  const digits = phone.replace(/\D/g, "");
  const brazil = /^55(\d{2})(\d{4,5})(\d{4})$/.exec(digits);
  if (brazil) return `+55 ${brazil[1]} ${brazil[2]}-${brazil[3]}`;
  const mexico = /^52(1?)(\d{2})(\d{4})(\d{4})$/.exec(digits);
  if (mexico) return `+52 ${[mexico[1], ...mexico.slice(2)].filter(Boolean).join(" ")}`;
  return digits ? `+${digits}` : phone;
}

// WhatsApp customers who hide their name come with their number as name.
export function customerName({ name, phone }: ContactRef, unknown: string): string {
  const said = name?.trim();
  if (said && !/^\+?\d{8,15}$/.test(said)) return said;
  const number = phone ?? said;
  return number ? phoneText(number) : unknown;
}
