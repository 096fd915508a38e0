import { clock } from "../core/clock";
import type { Card, Message, Source } from "../core/contract";
import { dayOf } from "../core/time";
import { texts } from "../texts";

/** The buttons that the taxpayer was given, and which one was taken. */
export function ChoicesPart({ message, answered }: { message: Message; answered: string | undefined }) {
  const card = message.card?.actions ?? [];
  const choices = card.length > 0 ? card : (message.choices ?? []);
  if (choices.length === 0) return null;
  const taken = choices.find((choice) => choice.id === answered);
  // Below an answer they only lead on to other questions: worth a line when one was taken.
  if (message.kind === "answer" && !taken) return null;
  return (
    <div className="choices">
      <ul aria-label={card.length > 0 ? texts.chat.cardActions : texts.chat.choices}>
        {choices.map((choice) => (
          <li key={choice.id} className={choice === taken ? "choice choice-taken" : "choice"}>
            {choice.label}
          </li>
        ))}
      </ul>
      {taken && <p className="quiet small">{texts.chat.answered(taken.label)}</p>}
    </div>
  );
}

export function CardPart({ card }: { card: Card }) {
  return (
    <>
      {card.due && <span className="bubble-due">{texts.chat.due(card.due)}</span>}
      {card.why && <p className="quiet small">{texts.chat.why(card.why)}</p>}
    </>
  );
}

/** The legal basis, folded: document, number, article, validity. */
export function SourcesPart({ sources, entryId }: { sources: readonly Source[]; entryId: string | null }) {
  if (sources.length === 0 && entryId === null) return null;
  const entry = entryId !== null && <span className="quiet small">{texts.chat.entry(entryId)}</span>;
  if (sources.length === 0) return <p className="sources">{entry}</p>;
  return (
    <details className="sources">
      <summary>
        {texts.sources.title(sources.length)} {entry}
      </summary>
      <ol>
        {sources.map((source) => (
          <li key={`${source.document} ${source.number} ${source.article}`}>
            {[source.document, source.number, source.article].filter(Boolean).join(" ")}
            <Validity source={source} />
            {source.url && /^https?:/.test(source.url) && (
              <a href={source.url} target="_blank" rel="noopener noreferrer">
                {texts.sources.open}
                <span className="unseen">{texts.sources.newWindow}</span>
              </a>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Validity({ source }: { source: Source }) {
  const today = dayOf(clock.now());
  const { effective_from: from, effective_to: to } = source;
  if (to && to < today) return <span className="late">{texts.sources.expired(to)}</span>;
  const words = to ? texts.sources.until(to) : from ? texts.sources.since(from) : null;
  return words && <span className="quiet">{words}</span>;
}
