import { locale } from "../..";
import { texts as en } from "./en";
import { type Texts, texts as zhHans } from "./zh-Hans";
import { texts as zhHant } from "./zh-Hant";

const CATALOGUES = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
const texts: Texts = CATALOGUES[locale];

/** What a rule of the server says in the language of this page; undefined for a rule not known here. */
export function sentenceOf(rule: string, values: Readonly<Record<string, string | number>>) {
  // Each sentence takes the values that the server gives for its rule.
  const say = (texts as Record<string, unknown>)[rule] as ((v: typeof values) => string) | undefined;
  return say?.(values);
}
