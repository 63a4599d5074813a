// Is the tenant suspended? Admins read it from billing; everybody learns it from the live log
// and from refusals.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useSubscriptionState } from "../live/ephemeral";
import { keys } from "../live/keys";
import type { BillingOverview } from "../types/api";
import { get } from "./http";
import { mayAs, useMe } from "./session";

export const billingQuery = queryOptions({
  queryKey: keys.billing,
  queryFn: () => get<BillingOverview>("/api/billing"),
});

export function useSuspended(): boolean {
  const me = useMe();
  const billing = useQuery({ ...billingQuery, enabled: mayAs(me, "admin") });
  const told = useSubscriptionState();
  return (billing.data?.subscription.state ?? told) === "suspended";
}
