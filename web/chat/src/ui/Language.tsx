import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { loadTexts, type Texts } from "../texts";
import { TextsContext, useChat } from "./context";

interface Props {
  /** What the page says at first. */
  first: Texts;
  /** Called for each language before it is painted. */
  shown: (texts: Texts) => void;
  children: ComponentChildren;
}

/** Gives its children the words; goes on in the language of before until the wished one is loaded. */
export function Language({ first, shown, children }: Props) {
  const { locale, link } = useChat().state;
  const [texts, setTexts] = useState(first);
  // A language that the network did not give is asked for again when the link changes.
  useEffect(() => {
    let wanted = locale !== texts.locale;
    if (wanted) {
      loadTexts(locale).then(
        (loaded) => wanted && setTexts(loaded),
        () => undefined,
      );
    }
    return () => {
      wanted = false;
    };
  }, [locale, link, texts]);
  useLayoutEffect(() => shown(texts), [texts, shown]);
  return <TextsContext.Provider value={texts}>{children}</TextsContext.Provider>;
}
