import { useState } from "preact/hooks";
import type { Source } from "../core/contract";
import { validityOf } from "../core/format";
import { texts } from "../texts/zh-Hans";
import { useChat } from "./context";
import { Icon } from "./Icon";

/** Kinds whose number nobody has confirmed yet. */
const UNCHECKED = "unchecked";

let drawn = 0;

/** The legal basis of an answer, folded until it is asked for. */
export function Sources({ sources }: { sources: Source[] }) {
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

function SourceLine({ source }: { source: Source }) {
  const { chat } = useChat();
  const validity = validityOf(source, chat.now());
  const { sources: words } = texts;
  const place = [source.number, source.article].filter(Boolean).join(" ");
  return (
    <li class="source">
      <span class="source-document">
        {source.document}
        {source.kind === "guide" && <span class="tag">{words.guide}</span>}
        {source.kind === UNCHECKED && <span class="tag tag-warn">{words.unchecked}</span>}
      </span>
      {place && <span class="source-place">{place}</span>}
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
