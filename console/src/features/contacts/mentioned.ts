// Which orders a text names. Numbers are compared without signs and letter case.
import type { Order } from "../../types/api";

const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

export function mentioned(orders: readonly Order[], texts: readonly string[]): Order[] {
  const words = new Set(texts.flatMap((text) => [bare(text), ...text.split(/\s+/).map(bare)]));
  words.delete("");
  return orders.filter((order) => words.has(bare(order.number)));
}
