import { locale } from "..";
import { texts as en } from "./en";
import { type Texts, texts as zhHans } from "./zh-Hans";
import { texts as zhHant } from "./zh-Hant";

const CATALOGUES = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

/** What is said of files about to be sent. */
export const texts: Texts = CATALOGUES[locale];
