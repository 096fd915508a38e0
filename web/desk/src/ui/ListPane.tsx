import { Segmented, Tabs } from "antd";
import { type ReactNode, useEffect, useRef } from "react";
import type { ListState } from "../core/contract";
import { serves } from "../core/queue";
import { texts } from "../texts";
import { useDesk, useDeskState, useNow } from "./context";
import { ListRow } from "./ListRow";
import { shownRows } from "./shownRows";

const t = texts.list;

/** Whom to serve: those who wait, mine, all. `alone`: it is all that a phone shows now. */
export function ListPane({ alone }: { alone: boolean }) {
  const desk = useDesk();
  const state = useDeskState();
  const waiting = shownRows({ ...state, list: "waiting" }).length;
  const mine = state.rows.mine?.length ?? 0;
  const tab = state.list === "closed" ? "open" : state.list;
  const tabs: { key: ListState; label: ReactNode }[] = [
    { key: "waiting", label: <Label text={t.waiting} count={waiting} /> },
    { key: "mine", label: <Label text={t.mine} count={mine} /> },
    { key: "open", label: t.all },
  ];
  const Landmark = alone ? "main" : "nav";
  return (
    <Landmark className="column-list" aria-label={t.label}>
      <Tabs
        className="list-tabs"
        activeKey={tab}
        onChange={(key) => desk.show(key as ListState)}
        items={tabs.map(({ key, label }) => ({
          key,
          label,
          children: key === tab ? <Panel /> : null,
        }))}
      />
    </Landmark>
  );
}

function Label({ text, count }: { text: string; count: number }) {
  return (
    <>
      {text} <span className="count">{count}</span>
    </>
  );
}

function Panel() {
  const desk = useDesk();
  const state = useDeskState();
  const now = useNow(1_000);
  const list = useRef<HTMLUListElement>(null);
  const rows = shownRows(state);
  const loaded = state.rows[state.list] !== null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the selection, which the markup shows
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [state.selected]);

  return (
    <>
      {state.list === "waiting" && <QueueLines />}
      {(state.list === "open" || state.list === "closed") && (
        <div className="list-filter">
          <Segmented<ListState>
            size="small"
            name="list-filter"
            aria-label={t.all}
            value={state.list}
            onChange={(value) => desk.show(value)}
            options={[
              { value: "open", label: t.open },
              { value: "closed", label: t.closed },
            ]}
          />
        </div>
      )}
      {rows.length > 0 ? (
        <ul className="rows" ref={list}>
          {rows.map((row) => (
            <ListRow key={row.consultation_id} row={row} now={now} />
          ))}
        </ul>
      ) : (
        <Empty list={state.list} loaded={loaded} />
      )}
      {state.capped[state.list] && (
        <p className="list-note">{t.capped(state.rows[state.list]?.length ?? 0)}</p>
      )}
    </>
  );
}

/** Each queue one serves: who waits, who is there, whether it is open. */
function QueueLines() {
  const { queues, session } = useDeskState();
  const shown = queues.filter((queue) => session && serves(session.staff, queue.tier));
  if (shown.length === 0) return null;
  return (
    <ul className="queues">
      {shown.map((queue) => (
        <li key={queue.id}>
          <span>{queue.name}</span>
          <span className="quiet">
            {queue.open ? "" : `${t.queueClosed} · `}
            {t.queueState(queue.waiting, queue.on_duty)}
          </span>
        </li>
      ))}
    </ul>
  );
}

const EMPTY: Record<ListState, readonly [string, string]> = {
  waiting: [t.noneWaiting, t.noneWaitingHint],
  mine: [t.noneMine, t.noneMineHint],
  open: [t.noneAll, t.noneWaitingHint],
  closed: [t.noneClosed, ""],
};

function Empty({ list, loaded }: { list: ListState; loaded: boolean }) {
  const [title, hint] = EMPTY[list];
  if (!loaded) return <p className="list-empty quiet">{t.loading}</p>;
  return (
    <div className="list-empty">
      <p>{title}</p>
      <p className="quiet">{hint}</p>
    </div>
  );
}
