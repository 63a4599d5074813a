// Who may do what with a conversation: the console's mirror of the router's rule. The server decides.
import type { Conversation } from "../../types/api";
import type { Act } from "./api";

export function isMine(conversation: Conversation, me: string): boolean {
  return conversation.owner === "agent" && conversation.assignee?.id === me;
}

export function allowedActs(conversation: Conversation, me: string): Record<Act, boolean> {
  const mine = isMine(conversation, me);
  const offeredMe = conversation.owner === "offered" && conversation.assignee?.id === me;
  const open = conversation.state === "open";
  return {
    accept: offeredMe,
    reject: offeredMe,
    take: !mine && !offeredMe,
    resolve: open && mine,
    return: open && mine,
  };
}

export type Closed = "not_owner" | "suspended" | "window" | null;

// Why a message to the customer cannot be written now. Notes are always possible.
export function whyClosed(mine: boolean, suspended: boolean, windowOpen: boolean): Closed {
  if (suspended) return "suspended";
  if (!mine) return "not_owner";
  return windowOpen ? null : "window";
}
