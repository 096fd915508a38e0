import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";
import type { Problem } from "../core/api";
import type { Staff } from "../core/contract";
import { useDeskState } from "../ui/context";
import type { KnowledgeApi } from "./core/api";
import type { LawDocument } from "./core/contract";
import type { Documents } from "./core/documents";
import type { UnsavedTexts } from "./core/unsaved";
import { problemOf } from "./core/words";

export interface Tools {
  api: KnowledgeApi;
  documents: Documents;
  unsaved: UnsavedTexts;
  staff: Staff;
}

export const ToolsContext = createContext<Tools | null>(null);

export function useTools(): Tools {
  const tools = useContext(ToolsContext);
  if (tools === null) throw new Error("no Tools above");
  return tools;
}

export interface Loaded<T> {
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  reload(): void;
  put(data: T): void;
}

/** What `fetch` answers; asked anew when it is another function, and when the line or the session comes back. */
export function useLoad<T>(fetch: () => Promise<T>): Loaded<T> {
  const expired = useDeskState().expired;
  const [state, setState] = useState<Omit<Loaded<T>, "reload" | "put">>({
    data: null,
    problem: null,
    loading: true,
  });
  const turn = useRef(0);
  const reload = useCallback(() => {
    const mine = ++turn.current;
    setState((now) => ({ ...now, loading: true }));
    fetch().then(
      (data) => mine === turn.current && setState({ data, problem: null, loading: false }),
      (error: unknown) => {
        const problem = problemOf(error);
        if (mine === turn.current) setState((now) => ({ ...now, problem, loading: false }));
      },
    );
  }, [fetch]);
  const put = useCallback((data: T) => {
    turn.current += 1;
    setState({ data, problem: null, loading: false });
  }, []);
  useEffect(() => {
    if (expired) return;
    reload();
    addEventListener("online", reload);
    return () => {
      removeEventListener("online", reload);
      turn.current += 1;
    };
  }, [reload, expired]);
  return { ...state, reload, put };
}

/** Documents of ids that stand in a text; null when none is registered, missing until it is read. */
export function useDocuments(ids: readonly string[]): Readonly<Record<string, LawDocument | null>> {
  const { documents } = useTools();
  const [found, setFound] = useState<Record<string, LawDocument | null>>({});
  const wanted = ids.join("\n");
  useEffect(() => {
    for (const id of wanted.split("\n").filter(Boolean)) {
      documents
        .find(id)
        .then((document) => setFound((now) => (id in now ? now : { ...now, [id]: document })), problemOf);
    }
  }, [documents, wanted]);
  return found;
}
