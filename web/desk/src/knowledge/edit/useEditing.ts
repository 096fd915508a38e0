import { useCallback, useEffect, useState } from "react";
import { useTools } from "../context";
import { same } from "../core/content";
import type { Content, Fault } from "../core/contract";
import type { Unsaved } from "../core/unsaved";
import { problemOf } from "../core/words";

const CALM_MS = 600;

export interface Editing {
  text: Unsaved;
  dirty: boolean;
  /** Unsaved text of an earlier visit was taken up. */
  restored: boolean;
  faults: readonly Fault[];
  checking: boolean;
  change(part: Partial<Content>): void;
  set(text: Partial<Unsaved>): void;
  /** Lets go of what is not saved. */
  reset(saved: Unsaved): void;
}

/** Text under the pen: kept on this device until it is saved, checked when the pen rests. */
export function useEditing(entryId: string, saved: Unsaved): Editing {
  const { unsaved } = useTools();
  const [start] = useState(() => unsaved.read(entryId));
  const [base, setBase] = useState(saved);
  const [text, setText] = useState<Unsaved>(start ?? saved);
  const dirty = !same(text.content, base.content) || text.note !== base.note || text.id !== base.id;

  // A text that was only touched on its own base is no unsaved one.
  useEffect(() => unsaved.write(entryId, dirty ? text : null), [unsaved, entryId, text, dirty]);

  const set = useCallback((part: Partial<Unsaved>) => setText((now) => ({ ...now, ...part })), []);
  const change = useCallback(
    (part: Partial<Content>) => setText((now) => ({ ...now, content: { ...now.content, ...part } })),
    [],
  );
  const reset = useCallback((to: Unsaved) => {
    setBase(to);
    setText(to);
  }, []);
  return { text, dirty, restored: start !== null, ...useFaults(entryId, text.content), change, set, reset };
}

function useFaults(entryId: string, content: Content): { faults: readonly Fault[]; checking: boolean } {
  const { api } = useTools();
  const [found, setFound] = useState<{ content: Content; faults: readonly Fault[] } | null>(null);
  useEffect(() => {
    let stale = false;
    const timer = setTimeout(() => {
      api.check(entryId || null, content).then((faults) => {
        if (!stale) setFound({ content, faults });
      }, problemOf);
    }, CALM_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [api, entryId, content]);
  return { faults: found?.faults ?? [], checking: found?.content !== content };
}
