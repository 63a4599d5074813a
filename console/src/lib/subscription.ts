// Is the tenant suspended? Read from billing, and learnt from the live log and from refusals.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useSubscriptionState } from "../live/ephemeral";
import { keys } from "../live/keys";
import type { BillingOverview } from "../types/api";
import { get } from "./http";

export const billingQuery = queryOptions({
  queryKey: keys.billing,
  queryFn: () => get<BillingOverview>("/api/billing"),
});

export function useSuspended(): boolean {
  const billing = useQuery(billingQuery);
  const told = useSubscriptionState();
  return (billing.data?.subscription.state ?? told) === "suspended";
}
