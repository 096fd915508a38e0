import type { FlowAnswer, FlowContext, FlowResult } from "../core/contract";
import { placeOf, stateOf } from "../core/flow";
import { texts } from "../texts";
import { Reveal } from "./Reveal";

const t = texts.flow;

interface Props {
  flow: FlowContext;
  /** The consultation in hand, whose protected values may be shown; null when it is not in hand. */
  inHand: string | null;
}

/** How far the taxpayer came in a guided flow, with all answers: nobody asks for them again. */
export function FlowCard({ flow, inHand }: Props) {
  const { step, of } = flow.progress;
  const place = placeOf(flow.progress);
  return (
    <div className="flow-card">
      <p className="flow-head">
        <span className="flow-title">{flow.title}</span>
        <span className="mark">{stateOf(flow.state)}</span>
      </p>
      <p>
        {place}
        {flow.step && flow.state !== "done" && (
          <span className="quiet">
            {" · "}
            {t.asked} {flow.step}
          </span>
        )}
      </p>
      <progress value={step} max={Math.max(of, 1)} aria-label={place} />
      {flow.result && <ResultPart result={flow.result} />}
      <p className="quiet small">{flow.answers.length > 0 ? t.answers(flow.answers.length) : t.noAnswers}</p>
      <dl className="facts flow-answers">
        {flow.answers.map((answer) => (
          <Answer key={answer.step} answer={answer} inHand={inHand} />
        ))}
      </dl>
    </div>
  );
}

function Answer({ answer, inHand }: { answer: FlowAnswer; inHand: string | null }) {
  const references = answer.protected ?? [];
  return (
    <div>
      <dt>{answer.label}</dt>
      <dd>
        <span className="flow-value">{answer.value}</span>
        {inHand !== null &&
          references.map((reference, index) => (
            <Reveal
              key={reference}
              id={inHand}
              reference={reference}
              label={answer.label}
              words={references.length > 1 ? t.reveal.showNth(index + 1) : t.reveal.show}
            />
          ))}
      </dd>
    </div>
  );
}

function ResultPart({ result }: { result: FlowResult }) {
  const { items = [], checklist = [] } = result;
  return (
    <section className="flow-result" aria-label={t.result}>
      <p className="flow-head">
        <span className="mark">{t.verdicts[result.verdict] ?? result.verdict}</span>
        <strong>{result.title}</strong>
      </p>
      <p className="flow-value">{result.text}</p>
      <Lines lines={items} />
      {checklist.length > 0 && (
        <>
          <p className="quiet small">{t.checklist}</p>
          <Lines lines={checklist} />
        </>
      )}
      {result.disclaimer && <p className="quiet small">{result.disclaimer}</p>}
    </section>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul className="flow-lines">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
