// Refusals in plain words, in the reader's language, with the way out where there is one.
import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import { ApiError, NetworkError } from "./http";

const known = new Set([
  "plan_limit",
  "subscription_suspended",
  "not_owner",
  "stale",
  "already_taken",
  "window",
  "forbidden",
  "not_found",
  "too_many",
  "too_large",
  "unavailable",
  "invalid",
  "conflict",
  "unauthenticated",
]);

export function problemText(error: unknown): string {
  const t = i18next.t;
  if (error instanceof NetworkError) return t("problem.network");
  if (!(error instanceof ApiError)) return t("problem.fault");
  if (error.code === "plan_limit") return planLimitText(error);
  // The server's sentence for a wrong field is the precise one; ours is the general one.
  if (error.code === "invalid") return t("problem.invalid", { field: error.field ?? "" });
  if (known.has(error.code)) return t(`problem.${error.code}` as "problem.fault");
  return error.status >= 500 ? t("problem.fault") : error.message;
}

function planLimitText(error: ApiError): string {
  const key = String(error.params.key ?? "agents") as "agents" | "channels" | "contacts";
  return i18next.t(`problem.limit.${key}`, { limit: error.params.limit ?? "" });
}

const closable = () => ({ "aria-label": i18next.t("common.close") });

export function requestIdOf(error: unknown): string {
  return error instanceof ApiError ? error.requestId : "";
}

export function toastProblem(error: unknown): void {
  const id = requestIdOf(error);
  const message = id
    ? `${problemText(error)} (${i18next.t("problem.request", { id })})`
    : problemText(error);
  notifications.show({
    color: "red",
    message,
    autoClose: 8_000,
    withBorder: true,
    closeButtonProps: closable(),
  });
}

export function toastDone(message: string): void {
  notifications.show({
    color: "green",
    message,
    autoClose: 2_500,
    withBorder: true,
    closeButtonProps: closable(),
  });
}
