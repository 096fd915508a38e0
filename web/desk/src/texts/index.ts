import { firstLocale, type Locale } from "../core/locale";
import { texts as en } from "./en";
import { type Texts, texts as zhHans } from "./zh-Hans";
import { texts as zhHant } from "./zh-Hant";

const CATALOGUES: Readonly<Record<Locale, Texts>> = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

/** Each language named in itself, in the order of the menu. */
export const LANGUAGES: Readonly<Record<Locale, string>> = {
  "zh-Hans": "简体中文",
  "zh-Hant": "繁體中文",
  en: "English",
};

/** The language of this page from its load to the next: a change loads the page anew. */
export const locale: Locale = firstLocale();

/** What the desk says in it. */
export const texts: Texts = CATALOGUES[locale];
