import type { Store } from "./storage";

const KEY = "flow-drafts";

/** What is being filled in and not yet taken, by run and field. A protected value stays in memory alone. */
const held = new Map<string, unknown>();

const keyOf = (run: string, field: string): string => `${run}/${field}`;

export function draftOf(store: Store, run: string, field: string): unknown {
  const key = keyOf(run, field);
  return held.has(key) ? held.get(key) : store.get<Record<string, unknown>>(KEY)?.[key];
}

/** Keeps a draft. `kept` is what of it may survive a reload; undefined for nothing. */
export function keepDraft(store: Store, run: string, field: string, value: unknown, kept: unknown): void {
  const key = keyOf(run, field);
  held.set(key, value);
  store.set(KEY, { ...store.get<Record<string, unknown>>(KEY), [key]: kept });
}

/** The run asks for this field now: what was begun for its others has been taken. */
export function dropOthers(store: Store, run: string, field: string): void {
  const asked = keyOf(run, field);
  const isOther = (key: string) => key.startsWith(keyOf(run, "")) && key !== asked;
  for (const key of held.keys()) if (isOther(key)) held.delete(key);
  const stored = store.get<Record<string, unknown>>(KEY);
  if (!stored) return;
  store.set(KEY, Object.fromEntries(Object.entries(stored).filter(([key]) => !isOther(key))));
}

export function forgetDrafts(store: Store): void {
  held.clear();
  store.remove(KEY);
}
