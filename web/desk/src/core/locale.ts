import { keptLocale, keptSession } from "./storage";

export const LOCALES = ["zh-Hans", "zh-Hant", "en"] as const;
export type Locale = (typeof LOCALES)[number];

const isLocale = (value: unknown): value is Locale => LOCALES.some((each) => each === value);

/** The language of a BCP 47 tag as browsers give it, if it is one of ours. */
export function localeOf(tag: string): Locale | undefined {
  if (/^zh\b(?!-hans).*\b(?:hant|tw|hk|mo)\b/i.test(tag)) return "zh-Hant";
  if (/^zh\b/i.test(tag)) return "zh-Hans";
  return /^en\b/i.test(tag) ? "en" : undefined;
}

/** What a staff member chose on this device, or the last one who did, or what the browser prefers. */
export function firstLocale(staffId: string | undefined = keptSession.read()?.staff.id): Locale {
  const preferred = typeof navigator === "undefined" ? [] : navigator.languages.map(localeOf);
  return [keptLocale.read(staffId), ...preferred].find(isLocale) ?? "zh-Hans";
}

/** Keeps a choice and loads the page anew; what was typed and the sign-in are kept in the tab. */
export function changeLocale(locale: Locale, staffId: string | undefined): void {
  keptLocale.write(staffId, locale);
  window.location.reload();
}
