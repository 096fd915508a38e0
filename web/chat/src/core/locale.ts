import { LANGUAGES, type Locale } from "../texts";
import { Refused } from "./api";
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

const TOLD = "told";

/** The language the server was told last, kept for this tab. */
export class ToldLocale {
  private last: Locale | undefined;

  constructor(private readonly store: Store) {
    this.last = store.get<Locale>(TOLD);
  }

  note(locale: Locale): void {
    this.last = locale;
    this.store.set(TOLD, locale);
  }

  /** Tells it by `put` unless it is known. Out of reach, the next call tries again; a refusal would come again. */
  tell(locale: Locale, put: () => Promise<void>): void {
    if (this.last === locale) return;
    put().then(
      () => this.note(locale),
      (error: unknown) => error instanceof Refused && this.note(locale),
    );
  }

  /** What another device of the conversation chose, to be followed; a choice made here goes first until told. */
  follows(current: Locale, said: string | null | undefined): Locale | undefined {
    if (!isLocale(said) || this.last !== current || said === current) return undefined;
    this.note(said);
    return said;
  }
}
