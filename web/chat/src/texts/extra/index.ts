import type { Locale } from "..";
import type { Texts } from "./zh-Hans";

export type Extra = Texts;

/** The words of guided flows and files, one chunk for each language. */
export const loadExtra: Readonly<Record<Locale, () => Promise<{ texts: Extra }>>> = {
  "zh-Hans": () => import("./zh-Hans"),
  "zh-Hant": () => import("./zh-Hant"),
  en: () => import("./en"),
};
