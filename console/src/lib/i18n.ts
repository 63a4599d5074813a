// Three languages, one lazy file each; keys are checked against pt-BR by the type checker.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type ptBR from "../locales/pt-BR.json";
import type { Locale } from "../types/api";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof ptBR };
  }
}

const KEY = "konectus-locale";
export const locales: readonly Locale[] = ["pt-BR", "es", "en"];
export const localeNames: Record<Locale, string> = {
  "pt-BR": "Português",
  es: "Español",
  en: "English",
};

const load: Record<Locale, () => Promise<{ default: object }>> = {
  "pt-BR": () => import("../locales/pt-BR.json"),
  es: () => import("../locales/es.json"),
  en: () => import("../locales/en.json"),
};

export function isLocale(value: string | null | undefined): value is Locale {
  return locales.includes(value as Locale);
}

export function chosenLocale(): Locale {
  const kept = localStorage.getItem(KEY);
  if (isLocale(kept)) return kept;
  const wanted = navigator.language.toLowerCase();
  if (wanted.startsWith("es")) return "es";
  return wanted.startsWith("en") ? "en" : "pt-BR";
}

export const hasChosenLocale = () => localStorage.getItem(KEY) !== null;

async function bundle(locale: Locale): Promise<void> {
  if (i18next.hasResourceBundle(locale, "translation")) return;
  i18next.addResourceBundle(locale, "translation", (await load[locale]()).default);
}

export async function startI18n(locale: Locale): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    react: { useSuspense: false },
  });
  await bundle(locale);
  await i18next.changeLanguage(locale);
  document.documentElement.lang = locale;
}

export async function chooseLocale(locale: Locale): Promise<void> {
  await bundle(locale);
  localStorage.setItem(KEY, locale);
  document.documentElement.lang = locale;
  await i18next.changeLanguage(locale);
}
