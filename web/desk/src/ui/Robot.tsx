import type { Attempt } from "../core/contract";
import { timeOf } from "../core/time";
import { texts } from "../texts";

const t = texts.side;
const percent = new Intl.NumberFormat("zh-CN", { style: "percent", maximumFractionDigits: 0 });

/** What the robot tried: each question, what it decided and why, the entries it weighed. */
export function Robot({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <p className="side-note quiet">{t.noAttempts}</p>;
  return (
    <>
      <p className="side-note quiet">{t.robotLead(attempts.length)}</p>
      {attempts.map((attempt, index) => (
        <OneAttempt key={attempt.at + attempt.question} attempt={attempt} n={index + 1} />
      ))}
      <p className="side-note quiet small">{t.scoreHelp}</p>
    </>
  );
}

function OneAttempt({ attempt, n }: { attempt: Attempt; n: number }) {
  const decision = attempt.decision ? texts.decisions[attempt.decision] : undefined;
  const candidates = attempt.candidates ?? [];
  return (
    <section className="side-section">
      <h3 className="attempt-head">
        {t.attempt(n)}
        <span className="mark">{decision?.label ?? attempt.decision}</span>
        <span className="attempt-facts">
          {typeof attempt.confidence === "number" && t.confidence(percent.format(attempt.confidence))}{" "}
          {timeOf(attempt.at)}
        </span>
      </h3>
      <p className="attempt-question">{attempt.question}</p>
      {decision && <p className="quiet small">{decision.why}</p>}
      {candidates.length === 0 ? (
        <p className="quiet small">{attempt.entry_id ? t.follows(attempt.entry_id) : t.noCandidates}</p>
      ) : (
        <table className="candidates">
          <caption className="unseen">{t.candidates}</caption>
          <thead>
            <tr>
              <th scope="col">{t.candidate}</th>
              <th scope="col">{t.score}</th>
              <th scope="col">{t.bm25}</th>
              <th scope="col">{t.cosine}</th>
            </tr>
          </thead>
          <tbody>
            {candidates.map((each) => (
              <tr key={each.entry_id}>
                <td>
                  {each.question ?? each.entry_id}
                  <span className="quiet small candidate-id">
                    {each.question && each.entry_id}
                    {attempt.decision === "answer" && each.entry_id === attempt.entry_id && (
                      <span className="mark">{t.given}</span>
                    )}
                  </span>
                </td>
                <td>{figure(each.score, 2)}</td>
                <td>{figure(each.bm25, 1)}</td>
                <td>{figure(each.cosine, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function figure(value: number | null | undefined, digits: number): string {
  return typeof value === "number" ? value.toFixed(digits) : "";
}
