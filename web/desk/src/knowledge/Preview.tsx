import type { Source } from "../core/contract";
import { texts } from "../texts/knowledge";
import type { Content } from "./core/contract";
import { whenWords } from "./core/words";
import { numbered } from "./Parts";

const t = texts.entry;

/** Question and answers with their basis, as the chat shows them: a general answer goes before its cases. */
export function Preview({ content, sources }: { content: Content; sources: readonly Source[] }) {
  const cases = numbered(content.cases).map(([place, each]) => (
    <div key={place} className="kb-said">
      <h3>{t.caseFor(whenWords(each.when) || texts.caseNo(place + 1))}</h3>
      <Paragraphs text={each.answer} />
    </div>
  ));
  const everybody = (
    <div key="everybody" className="kb-said">
      {cases.length > 0 && <h3>{t.caseFor(content.general ? t.atOnce : t.everybody)}</h3>}
      <Paragraphs text={content.answer} />
      {content.kind === "policy" && <Basis sources={sources} />}
    </div>
  );
  return (
    <div className="kb-preview">
      <p className="kb-asked">{content.question || <span className="quiet">{t.noQuestion}</span>}</p>
      {content.general ? [everybody, ...cases] : [...cases, everybody]}
    </div>
  );
}

function Basis({ sources }: { sources: readonly Source[] }) {
  return (
    <>
      <h3>{t.sources}</h3>
      {sources.length === 0 && <p className="quiet">{t.noSources}</p>}
      <ul className="kb-sources">
        {numbered(sources).map(([place, source]) => (
          <li key={place}>
            {[source.document, source.number, source.article].filter(Boolean).join(" ")}
            {source.effective_to && <span className="quiet"> {t.validUntil(source.effective_to)}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Paragraphs({ text }: { text: string }) {
  if (!text.trim()) return <p className="quiet">{t.noAnswer}</p>;
  return <p className="kb-text">{text}</p>;
}
