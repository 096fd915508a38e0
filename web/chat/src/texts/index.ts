import type { Texts } from "./zh-Hans";

export type { Texts };
export type Locale = "zh-Hans" | "zh-Hant" | "en";

/** Each language named in itself, in the order of the menu. */
export const LANGUAGES: Readonly<Record<Locale, string>> = {
  "zh-Hans": "简体中文",
  "zh-Hant": "繁體中文",
  en: "English",
};

/** One chunk each, so that a visitor loads one language. */
const CATALOGUES: Readonly<Record<Locale, () => Promise<{ texts: Texts }>>> = {
  "zh-Hans": () => import("./zh-Hans"),
  "zh-Hant": () => import("./zh-Hant"),
  en: () => import("./en"),
};

/** What the page says in a language; rejected when the network does not give it. */
export const loadTexts = async (locale: Locale): Promise<Texts> => (await CATALOGUES[locale]()).texts;
