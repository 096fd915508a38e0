import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import type { Locale } from "../texts";
import { type Extra, loadExtra } from "../texts/extra";
import { useChat, useTexts } from "./context";

/** Something that is loaded when it is first needed, once. */
export class Late<T> {
  loaded: T | undefined;
  private loading: Promise<T> | undefined;

  constructor(private readonly load: () => Promise<T>) {}

  /** Rejected when the network does not give it; asked again, it tries again. */
  get(): Promise<T> {
    this.loading ??= this.load().then(
      (loaded) => {
        this.loaded = loaded;
        return loaded;
      },
      (error: unknown) => {
        this.loading = undefined;
        throw error;
      },
    );
    return this.loading;
  }
}

/** What is loaded late, undefined until then; what failed is tried again when the link changes. */
export function useLate<T>(part: Late<T>): T | undefined {
  const { link } = useChat().state;
  const [, drawAgain] = useState(0);
  useEffect(() => {
    let here = true;
    if (part.loaded === undefined) {
      part.get().then(
        () => here && drawAgain((count) => count + 1),
        () => undefined,
      );
    }
    return () => {
      here = false;
    };
  }, [part, link]);
  return part.loaded;
}

const late = (locale: Locale) => new Late(() => loadExtra[locale]().then(({ texts }) => texts));
const EXTRA: Readonly<Record<Locale, Late<Extra>>> = {
  "zh-Hans": late("zh-Hans"),
  "zh-Hant": late("zh-Hant"),
  en: late("en"),
};

export const ExtraContext = createContext<Extra | undefined>(undefined);

/** The words of flows and files in the language of now; those of before until they are loaded. */
export function useLateTexts(): Extra | undefined {
  const loaded = useLate(EXTRA[useTexts().locale]);
  const kept = useRef(loaded);
  if (loaded) kept.current = loaded;
  return kept.current;
}

/** The words of flows and files, inside of their screens. */
export function useExtra(): Extra {
  const extra = useContext(ExtraContext);
  if (!extra) throw new Error("outside of what is loaded late");
  return extra;
}
