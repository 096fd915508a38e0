import type { Wish } from "./contract";

export interface Granted extends Wish {
  /** By which a tab remembers it. */
  key: string;
}

/** What an opening does: what it was called for, or what the tag wishes for, once in a tab. A flow goes before a topic. */
export function grant(called: Wish | undefined, tag: Wish, before: readonly string[]): Granted | undefined {
  const own = (called?.flow ?? called?.topic) !== undefined;
  const { flow, topic } = (own && called) || tag;
  if (!flow && !topic) return undefined;
  const key = flow ? `flow:${flow}` : (topic as string);
  if (!own && before.includes(key)) return undefined;
  return flow ? { key, flow } : { key, topic };
}
