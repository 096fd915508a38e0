import { Alert, Button } from "antd";
import type { ReactNode } from "react";
import type { Problem } from "../core/api";
import { texts } from "../texts/knowledge";
import type { EntryRow, EntryState } from "./core/contract";
import { wordsOf } from "./core/words";

/** Says that something could not be read or done, and lets one try again where that may help. */
export function ProblemNote({ problem, again }: { problem: Problem | null; again?(): void }) {
  if (!problem || problem.status === 401) return null;
  const words = problem.code === "network" ? texts.offline : wordsOf(problem);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="kb-alert"
      title={words}
      action={
        again && (
          <Button size="small" onClick={again}>
            {texts.again}
          </Button>
        )
      }
    />
  );
}

export function Loading() {
  return (
    <p className="quiet kb-loading" role="status">
      {texts.loading}
    </p>
  );
}

/** What taxpayers get, and beside it what is being done. */
export function StateMarks({ entry }: { entry: Pick<EntryRow, "live" | "work"> }) {
  const states = new Set<EntryState>([entry.live, entry.work].filter((each) => each !== null));
  return (
    <span className="kb-states">
      {[...states].map((state) => (
        <span key={state} className={`mark kb-state kb-state-${state}`} title={texts.stateHints[state]}>
          {texts.states[state]}
        </span>
      ))}
    </span>
  );
}

export function Block({ title, children, extra }: { title: string; children: ReactNode; extra?: ReactNode }) {
  return (
    <section className="kb-block">
      <h3>
        {title}
        {extra}
      </h3>
      {children}
    </section>
  );
}

/** Items with their place as the key: for what has no name of its own and may stand there twice. */
export function numbered<T>(items: readonly T[]): [number, T][] {
  return items.map((item, place) => [place, item]);
}
