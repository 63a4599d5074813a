// Delivery status only moves forward, however replies, echoes and replays are mixed.
import type { Message, MessageStatus } from "../types/api";

const rank: Record<MessageStatus, number> = {
  pending: 0,
  unknown: 1,
  unconfirmed: 2,
  sent: 3,
  failed: 4, // a channel may refuse after it accepted, but not after it delivered
  expired: 4,
  delivered: 5,
  read: 6,
  received: 7,
};

export function isForward(from: MessageStatus, to: MessageStatus): boolean {
  return rank[to] >= rank[from];
}

export function mergeMessage(old: Message, fresh: Message): Message {
  if (isForward(old.status, fresh.status)) return fresh;
  return { ...fresh, status: old.status, failure: old.failure };
}
