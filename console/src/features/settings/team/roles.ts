// The roles that a person may give: none above their own.
import { mayAs } from "../../../lib/session";
import type { Me, Role } from "../../../types/api";

const all: readonly Role[] = ["agent", "supervisor", "admin", "owner"];

export function roles(me: Me): Role[] {
  return all.filter((role) => mayAs(me, role));
}
