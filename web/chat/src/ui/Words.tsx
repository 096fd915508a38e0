import { useMemo } from "preact/hooks";
import { toHtml } from "../core/markdown";

/** Markdown, shown safely. */
export function Words({ text, class: more = "" }: { text: string; class?: string }) {
  const html = useMemo(() => toHtml(text), [text]);
  if (!html) return null;
  // toHtml lets only harmless markup through.
  return <div class={`words ${more}`} dangerouslySetInnerHTML={{ __html: html }} />;
}
