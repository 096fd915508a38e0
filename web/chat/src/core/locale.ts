import { LANGUAGES, type Locale } from "../texts";
import type { Store } from "./storage";

const KEY = "locale";
const DEFAULT: Locale = "zh-Hans";

export const isLocale = (value: unknown): value is Locale =>
  typeof value === "string" && Object.keys(LANGUAGES).includes(value);

/** The language of a BCP 47 tag as browsers and host pages give it ("zh-TW", "en-GB"), if it is one of ours. */
export function localeOf(tag: string): Locale | undefined {
  if (/^zh\b(?!-hans).*\b(?:hant|tw|hk|mo)\b/i.test(tag)) return "zh-Hant";
  if (/^zh\b/i.test(tag)) return "zh-Hans";
  return /^en\b/i.test(tag) ? "en" : undefined;
}

/**
 * The language to begin in: what was chosen in this tab, what the address asks for (`?lang=`), what was
 * chosen on this device before, what the browser prefers.
 */
export function firstLocale(search: string, tab: Store, device: Store, preferred: readonly string[]): Locale {
  const asked = new URLSearchParams(search).get("lang") ?? "";
  const wishes = [tab.get(KEY), localeOf(asked), device.get(KEY), ...preferred.map(localeOf)];
  return wishes.find(isLocale) ?? DEFAULT;
}

/** Keeps a choice: for this tab, where it goes before the address, and for the next visit. */
export function keepLocale(locale: Locale, tab: Store, device: Store): void {
  tab.set(KEY, locale);
  device.set(KEY, locale);
}
