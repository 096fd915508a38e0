import { useState } from "preact/hooks";
import type { Source } from "../core/contract";
import { validityOf } from "../core/format";
import { langOf } from "../core/spoken";
import type { Texts } from "../texts";
import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";

let drawn = 0;

/** The legal basis of an answer, folded until it is asked for. */
export function Sources({ sources }: { sources: Source[] }) {
  const texts = useTexts();
  const [open, setOpen] = useState(false);
  const [id] = useState(() => `sources-${++drawn}`);
  return (
    <>
      <button
        type="button"
        class="fold"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {texts.sources.title(sources.length)}
        <Icon name="down" />
      </button>
      <ul id={id} class="sources" hidden={!open}>
        {sources.map((source) => (
          <SourceLine key={`${source.document}${source.article ?? ""}`} source={source} />
        ))}
      </ul>
    </>
  );
}

/** A document and the place in it, marked as the language they are written in; on paper too, outside of the chat. */
export function Cited({ source, texts }: { source: Source; texts: Texts }) {
  return <span lang={langOf(source.document, texts)}>{`${source.document} ${placeOf(source)}`.trim()}</span>;
}

/** Where in a document: its number and article. */
function placeOf(source: Source): string {
  // The way a document is cited often holds its number already.
  const number = source.number && !source.document.includes(source.number) ? source.number : "";
  return [number, source.article].filter(Boolean).join(" ");
}

function SourceLine({ source }: { source: Source }) {
  const texts = useTexts();
  const { chat } = useChat();
  const validity = validityOf(texts, source, chat.now());
  const { sources: words } = texts;
  const place = placeOf(source);
  const lang = langOf(source.document, texts);
  return (
    <li class="source">
      <span class="source-document" lang={lang}>
        {source.document}
      </span>
      <span class="source-place">
        {place && (
          <span class="source-number" lang={lang}>
            {place}
          </span>
        )}
        {source.kind && (
          <span class={source.kind.includes(words.unchecked) ? "tag tag-warn" : "tag"}>{source.kind}</span>
        )}
      </span>
      <span class={`validity validity-${validity.state}`}>
        {validity.state !== "current" && <Icon name="alert" />}
        {validity.text}
      </span>
      {source.url && /^https?:/i.test(source.url) && (
        <a href={source.url} target="_blank" rel="noopener noreferrer">
          {words.open}
        </a>
      )}
    </li>
  );
}
