// Money comes in minor units; how many make one depends on the currency.
import type { Money } from "../types/api";

export function moneyText({ minor, currency }: Money, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}
