// Calls of signing in, signing up and accepting an invitation.
import { queryOptions } from "@tanstack/react-query";
import { get, post } from "../../lib/http";
import type { Me, SignUpIn, Terms } from "../../types/api";

export const login = (body: { email: string; password: string }) =>
  post<Me>("/api/auth/login", body);
export const signUp = (body: SignUpIn) => post<Me>("/api/auth/signup", body);
export const acceptInvite = (body: { token: string; password: string }) =>
  post<Me>("/api/auth/accept", body);

export const termsQuery = queryOptions({
  queryKey: ["terms"],
  queryFn: () => get<Terms>("/api/terms"),
  staleTime: 10 * 60_000,
});
