import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { NO_PAGES, type Pages, withPage } from "../core/history";
import { useChat } from "./context";

export interface Found {
  pages: Pages;
  /** What the pages were searched for; empty for all. */
  words: string;
  state: "loading" | "ready" | "failed";
}

const LONGEST_WAY = 40;

/** The history as far as it is loaded; a newer wish overtakes what is still on its way. */
export function useHistory() {
  const { chat } = useChat();
  const [found, setFound] = useState<Found>({ pages: NO_PAGES, words: "", state: "loading" });
  const wish = useRef(0);

  /** Loads on until `enough`; resolves with the pages, or undefined when it failed or was overtaken. */
  const load = useCallback(
    async (words: string, from: Pages, enough: (pages: Pages) => boolean): Promise<Pages | undefined> => {
      wish.current += 1;
      const mine = wish.current;
      let pages = from;
      setFound({ pages, words, state: "loading" });
      try {
        for (let way = 0; way < LONGEST_WAY; way += 1) {
          const page = await chat.history(words, pages.next);
          if (mine !== wish.current) return undefined;
          pages = withPage(pages, page);
          if (pages.next === undefined || enough(pages)) break;
        }
        setFound({ pages, words, state: "ready" });
        return pages;
      } catch {
        if (mine === wish.current) setFound({ pages, words, state: "failed" });
        return undefined;
      }
    },
    [chat],
  );
  useEffect(() => {
    void load("", NO_PAGES, () => true);
    return () => {
      wish.current += 1;
    };
  }, [load]);
  return { found, load };
}
