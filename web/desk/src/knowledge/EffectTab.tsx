import { Button } from "antd";
import { useState } from "react";
import type { Problem } from "../core/api";
import { texts as desk } from "../texts";
import { texts } from "../texts/knowledge";
import { useTools } from "./context";
import type { Effect, Entry, First } from "./core/contract";
import { hashOf } from "./core/route";
import { problemOf } from "./core/words";
import { ProblemNote } from "./Parts";

const t = texts.effect;

/** Before publishing: the questions that would meet another entry first. */
export function EffectTab({ entry }: { entry: Entry }) {
  const { api } = useTools();
  const [effect, setEffect] = useState<Effect | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function run(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      setEffect(await api.effect(entry.id));
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  }

  if (!entry.work) {
    return (
      <section className="kb-effect" aria-label={t.label}>
        <p className="quiet">{t.noWork}</p>
      </section>
    );
  }
  return (
    <section className="kb-effect" aria-label={t.label}>
      <p>{t.lead}</p>
      <Button type="primary" loading={busy} onClick={() => void run()}>
        {t.run}
      </Button>
      <ProblemNote problem={problem} again={() => void run()} />
      <div role="status">
        {busy && <p className="quiet">{t.running}</p>}
        {effect && !busy && (
          <>
            <h3>{headOf(effect)}</h3>
            <p className="quiet">
              {t.done(effect.known, effect.checked, effect.seconds.toFixed(1))}{" "}
              {effect.truncated && <span className="soon">{t.truncated}</span>}
            </p>
          </>
        )}
      </div>
      {effect && effect.moved.length > 0 && <Moves moved={effect.moved} />}
    </section>
  );
}

function headOf({ moved, truncated }: Effect): string {
  if (moved.length > 0) return t.moved(moved.length);
  return truncated ? t.noneYet : t.none;
}

function Moves({ moved }: { moved: Effect["moved"] }) {
  return (
    <table className="kb-rows" aria-label={t.moved(moved.length)}>
      <thead>
        <tr>
          <th scope="col">{t.question}</th>
          <th scope="col">{t.before}</th>
          <th scope="col">{t.after}</th>
          <th scope="col">{t.verdict}</th>
        </tr>
      </thead>
      <tbody>
        {moved.map((each) => (
          <tr key={`${each.kind} ${each.question}`}>
            <th scope="row">
              {each.question}
              <span className="quiet small kb-sub">
                {[t.kinds[each.kind], each.owner].filter(Boolean).join(texts.join)}
              </span>
            </th>
            <td data-label={t.before}>
              <Hit hit={each.before} />
            </td>
            <td data-label={t.after}>
              <Hit hit={each.after} />
            </td>
            <td data-label={t.verdict}>
              <Verdict better={each.better} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Verdict({ better }: { better: boolean | null }) {
  if (better === null) return <span className="quiet">{t.unknown}</span>;
  return better ? <span className="kb-good">{t.better}</span> : <span className="late">{t.worse}</span>;
}

function Hit({ hit }: { hit: First | null }) {
  if (!hit) return <span className="quiet">{t.nothing}</span>;
  return (
    <>
      <a href={hashOf({ screen: "entry", id: hit.entry_id, tab: "read" })}>{hit.question}</a>
      <span className="quiet small kb-sub">
        {[hit.entry_id, desk.decisions[hit.decision]?.label].filter(Boolean).join(texts.join)}
      </span>
    </>
  );
}
