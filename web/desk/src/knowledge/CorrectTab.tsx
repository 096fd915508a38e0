import { Button } from "antd";
import { type FormEvent, useCallback, useState } from "react";
import { clock } from "../core/clock";
import { momentOf } from "../core/time";
import { texts } from "../texts/knowledge";
import { texts as answered } from "../texts/knowledge/answered";
import { useDesk, useNow } from "../ui/context";
import { useLoad, useTools } from "./context";
import type { Correction, Entry, Fault, Reached } from "./core/contract";
import { localOf, momentIn } from "./core/moment";
import { mayReview } from "./core/rights";
import { hashOf } from "./core/route";
import { DeedDialog } from "./dialogs/DeedDialog";
import { useDeed } from "./dialogs/useDeed";
import { TextField } from "./edit/Field";
import { Block, ProblemNote } from "./Parts";

const t = answered.correct;
/** Characters that the server wants of a correction at least. */
const SHORTEST = 10;

/** Tells those who got a wrong answer what is right. */
export function CorrectTab({ entry }: { entry: Entry }) {
  const { api, staff } = useTools();
  const sent = useLoad(useCallback(() => api.corrections(entry.id), [api, entry.id]));
  return (
    <div className="kb-effect">
      <p>{t.lead}</p>
      {mayReview(staff) ? (
        <Prepare entry={entry} onSent={sent.reload} />
      ) : (
        <p className="quiet">{t.readOnly}</p>
      )}
      <ProblemNote problem={sent.problem} again={sent.reload} />
      <Block title={t.earlier}>
        {sent.data?.length === 0 && <p className="quiet">{t.none}</p>}
        <ul className="kb-links">
          {(sent.data ?? []).map((each) => (
            <li key={each.id}>
              <Sent correction={each} />
            </li>
          ))}
        </ul>
      </Block>
    </div>
  );
}

function Sent({ correction }: { correction: Correction }) {
  const now = useNow(60_000);
  const { decided, right_entry_id: right } = correction;
  return (
    <>
      <p className="kb-text">{correction.text}</p>
      <p className="quiet small">
        {[
          t.span(momentOf(correction.from, now), momentOf(correction.to, now)),
          t.progress(correction.sent, correction.conversations),
          texts.entry.by(decided.by.name, momentOf(decided.at, now)),
        ].join(texts.join)}
        {right && (
          <>
            {texts.join}
            <a href={hashOf({ screen: "entry", id: right, tab: "read" })}>{right}</a>
          </>
        )}
      </p>
    </>
  );
}

const fault = (message: string): Fault[] => [{ field: "", path: "", message }];

/** First whom it concerns, then what they are told. */
function Prepare({ entry, onSent }: { entry: Entry; onSent(): void }) {
  const { api } = useTools();
  const state = useDeed();
  const [span, setSpan] = useState(() => ({
    from: localOf(Date.parse(entry.changed_at)),
    to: localOf(clock.now()),
  }));
  const [tried, setTried] = useState(false);
  const [reached, setReached] = useState<Reached | null>(null);
  const backwards = !!span.from && !!span.to && span.to <= span.from;

  function set(part: Partial<typeof span>): void {
    setSpan((now) => ({ ...now, ...part }));
    setReached(null);
  }

  function count(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (!span.from || !span.to || backwards) return;
    void state.run(async () =>
      setReached(await api.answered(entry.id, momentIn(span.from), momentIn(span.to))),
    );
  }

  return (
    <>
      <form className="kb-correct" onSubmit={count} noValidate>
        <div className="kb-scope">
          <TextField
            label={t.from}
            type="datetime-local"
            value={span.from}
            faults={tried && !span.from ? fault(t.momentMissing) : []}
            onChange={(from) => set({ from })}
          />
          <TextField
            label={t.to}
            type="datetime-local"
            value={span.to}
            faults={tried && !span.to ? fault(t.momentMissing) : tried && backwards ? fault(t.order) : []}
            onChange={(to) => set({ to })}
          />
        </div>
        <Button htmlType="submit" loading={state.busy}>
          {t.count}
        </Button>
        <ProblemNote problem={state.problem} />
      </form>
      <div role="status">{reached && <h3>{reached.count > 0 ? t.reached(reached.count) : t.nobody}</h3>}</div>
      {reached && reached.count > 0 && (
        <>
          <Conversations reached={reached} />
          <Write
            entry={entry}
            span={span}
            count={reached.count}
            onSent={() => {
              setReached(null);
              onSent();
            }}
          />
        </>
      )}
    </>
  );
}

function Conversations({ reached }: { reached: Reached }) {
  const now = useNow(60_000);
  return (
    <details>
      <summary>{t.shownOf(reached.items.length, reached.count)}</summary>
      <table className="kb-figures">
        <thead>
          <tr>
            <th scope="col">{t.conversation}</th>
            <th scope="col">{t.at}</th>
            <th scope="col">{t.timesHead}</th>
          </tr>
        </thead>
        <tbody>
          {reached.items.map((each) => (
            <tr key={each.conversation_id}>
              <th scope="row">{each.conversation_id}</th>
              <td>{momentOf(each.at, now)}</td>
              <td>{t.times(each.times)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

interface WriteProps {
  entry: Entry;
  span: { from: string; to: string };
  count: number;
  onSent(): void;
}

/** What is sent cannot be called back: it is asked once more. */
function Write({ entry, span, count, onSent }: WriteProps) {
  const desk = useDesk();
  const { api } = useTools();
  const state = useDeed();
  const [text, setText] = useState("");
  const [right, setRight] = useState("");
  const [tried, setTried] = useState(false);
  const [asked, setAsked] = useState(false);
  const send = () =>
    state.run(async () => {
      await api.correct({
        entry_id: entry.id,
        right_entry_id: right.trim() || null,
        from: momentIn(span.from),
        to: momentIn(span.to),
        text: text.trim(),
      });
      setAsked(false);
      desk.toast(t.sent);
      onSent();
    });
  return (
    <form
      className="kb-correct"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        setAsked(text.trim().length >= SHORTEST);
      }}
    >
      <TextField
        label={t.text}
        hint={t.textHint}
        value={text}
        rows={4}
        maxLength={1000}
        faults={tried && text.trim().length < SHORTEST ? fault(t.textMissing) : []}
        onChange={setText}
      />
      <TextField label={t.right} hint={t.rightHint} value={right} maxLength={80} onChange={setRight} />
      <Button type="primary" htmlType="submit">
        {t.send(count)}
      </Button>
      {asked && (
        <DeedDialog
          title={t.confirm}
          lead={t.confirmLead(count)}
          submit={t.send(count)}
          state={state}
          onClose={() => setAsked(false)}
          onSubmit={() => void send()}
        >
          <p className="kb-value">{text}</p>
        </DeedDialog>
      )}
    </form>
  );
}
