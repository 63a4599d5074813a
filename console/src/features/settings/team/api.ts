// The people of the business.
import { queryOptions } from "@tanstack/react-query";
import { get, patch, post } from "../../../lib/http";
import type { Invited, Role, User, Users } from "../../../types/api";

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: () => get<Users>("/api/users"),
});

export interface Invite {
  name: string;
  email: string;
  role: Role;
}
export const invite = (body: Invite) => post<Invited>("/api/users", body);

export interface UserChange {
  id: string;
  change: { role?: Role; active?: boolean };
}
export const changeUser = ({ id, change }: UserChange) => patch<User>(`/api/users/${id}`, change);
