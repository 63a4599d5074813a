// Who is signed in. Every view below the sign-in wall may rely on `useMe`.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { keys } from "../live/keys";
import type { Me, Role } from "../types/api";
import { get } from "./http";

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: () => get<Me>("/api/auth/me"),
  staleTime: Number.POSITIVE_INFINITY,
});

export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error("useMe outside the sign-in wall");
  return data;
}

const rank: Record<Role, number> = { agent: 1, supervisor: 2, admin: 3, owner: 4 };

export function mayAs(me: Me, least: Role): boolean {
  return rank[me.user.role] >= rank[least];
}
