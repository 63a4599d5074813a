// Refusals in plain words, in the reader's language, with the way out where there is one.
import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import { ApiError, NetworkError } from "./http";

export function problemText(error: unknown): string {
  const t = i18next.t;
  if (error instanceof NetworkError) return t("problem.network");
  if (!(error instanceof ApiError)) return t("problem.fault");
  if (error.code === "plan_limit") return planLimitText(error);
  // The server's sentence for a wrong field is the precise one; ours is the general one.
  if (error.code === "invalid") return t("problem.invalid", { field: error.field ?? "" });
  return refusalText(error.code) ?? (error.status >= 500 ? t("problem.fault") : error.message);
}

// A refusal's code in the reader's words, where we have any.
export function refusalText(code: string): string | null {
  const key = `problem.${code}` as "problem.fault";
  const found: unknown = i18next.exists(key) ? i18next.t(key) : null;
  return typeof found === "string" ? found : null; // some keys hold a group of texts
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
