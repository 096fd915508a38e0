import { Button, Form, Input } from "antd";
import { useCallback, useState } from "react";
import { momentOf } from "../core/time";
import { texts } from "../texts/knowledge";
import { useDesk, useNow } from "../ui/context";
import { useLoad, useTools } from "./context";
import type { Entry, Page, VersionRow } from "./core/contract";
import { deedsOf } from "./core/rights";
import { nameOf, problemOf, wordsOf } from "./core/words";
import { DiffView } from "./DiffView";
import { DeedDialog } from "./dialogs/DeedDialog";
import { useDeed } from "./dialogs/useDeed";
import { Loading, ProblemNote } from "./Parts";

const t = texts.history;

/** All versions; any two can be compared, and any one taken up again. */
export function HistoryTab({ entry, onChanged }: { entry: Entry; onChanged(entry: Entry): void }) {
  const desk = useDesk();
  const { api, staff } = useTools();
  const { id, version } = entry;
  // Every change of the entry brings a version or a mark on one.
  const first = useLoad(
    // biome-ignore lint/correctness/useExhaustiveDependencies: see above
    useCallback(() => api.versions(id), [api, id, version, entry.live_version]),
  );
  const [older, setOlder] = useState<Page<VersionRow>[]>([]);
  const [picked, setPicked] = useState<{ from: number; to: number } | null>(null);
  const [revert, setRevert] = useState<number | null>(null);
  const rows = [...(first.data?.items ?? []), ...older.flatMap((each) => each.items)];
  const cursor = (older.at(-1) ?? first.data)?.next_cursor ?? null;
  const before = rows.find((each) => each.version < version && !each.aside)?.version;
  const pair = picked ?? (before === undefined ? null : { from: before, to: version });

  async function showOlder(): Promise<void> {
    try {
      const next = await api.versions(id, cursor);
      setOlder([...older, next]);
    } catch (error) {
      desk.toast(wordsOf(problemOf(error)), true);
    }
  }

  if (!first.data) {
    return first.problem ? <ProblemNote problem={first.problem} again={first.reload} /> : <Loading />;
  }
  return (
    <div className="kb-history">
      <Versions
        entry={entry}
        rows={rows}
        pair={pair}
        onPick={setPicked}
        onRevert={deedsOf(staff, entry).includes("edit") ? setRevert : undefined}
      />
      {cursor && <Button onClick={() => void showOlder()}>{t.more}</Button>}
      {pair ? <Compared id={id} {...pair} /> : <p className="quiet">{t.one}</p>}
      {revert !== null && (
        <RevertDialog
          entry={entry}
          version={revert}
          onClose={() => setRevert(null)}
          onDone={(changed) => {
            setRevert(null);
            setPicked(null);
            desk.toast(t.reverted);
            onChanged(changed);
          }}
        />
      )}
    </div>
  );
}

interface VersionsProps {
  entry: Entry;
  rows: readonly VersionRow[];
  pair: { from: number; to: number } | null;
  onPick(pair: { from: number; to: number }): void;
  onRevert: ((version: number) => void) | undefined;
}

function Versions({ entry, rows, pair, onPick, onRevert }: VersionsProps) {
  const now = useNow(60_000);
  const from = pair?.from ?? entry.version;
  const to = pair?.to ?? entry.version;
  return (
    <table className="kb-rows kb-versions" aria-label={t.label}>
      <thead>
        <tr>
          <th scope="col">{t.from}</th>
          <th scope="col">{t.to}</th>
          <th scope="col">{t.version}</th>
          <th scope="col">{t.author}</th>
          <th scope="col">{t.note}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.version}>
            <td data-label={t.from}>
              <input
                type="radio"
                name="from"
                aria-label={t.pickFrom(row.version)}
                checked={from === row.version}
                onChange={() => onPick({ from: row.version, to })}
              />
            </td>
            <td data-label={t.to}>
              <input
                type="radio"
                name="to"
                aria-label={t.pickTo(row.version)}
                checked={to === row.version}
                onChange={() => onPick({ from, to: row.version })}
              />
            </td>
            <th scope="row">
              {texts.entry.version(row.version)}
              <Marks entry={entry} row={row} />
            </th>
            <td data-label={t.author}>
              {nameOf(row.author)}
              <span className="quiet small kb-sub">{momentOf(row.at, now)}</span>
            </td>
            <td data-label={t.note} className="kb-note">
              {row.note}
              <span className="quiet small kb-sub">
                {[row.origin !== "edit" && t.origins[row.origin], row.aside && t.aside]
                  .filter(Boolean)
                  .join(texts.join)}
              </span>
            </td>
            <td>
              {onRevert && row.version !== entry.version && (
                <Button size="small" onClick={() => onRevert(row.version)}>
                  {t.revert(row.version)}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Marks({ entry, row }: { entry: Entry; row: VersionRow }) {
  const now = useNow(60_000);
  return (
    <span className="kb-states">
      {row.version === entry.version && <span className="mark">{t.current}</span>}
      {row.version === entry.live_version && <span className="mark kb-state-published">{t.live}</span>}
      {row.published_at && (
        <span className="quiet small">{t.published(momentOf(row.published_at, now))}</span>
      )}
    </span>
  );
}

function Compared({ id, from, to }: { id: string; from: number; to: number }) {
  const { api } = useTools();
  const loaded = useLoad(useCallback(() => api.difference(id, from, to), [api, id, from, to]));
  return (
    <section aria-label={t.compare(from, to)} aria-busy={loaded.loading}>
      <h3>{t.compare(from, to)}</h3>
      <ProblemNote problem={loaded.problem} again={loaded.reload} />
      {!loaded.data && loaded.loading && <Loading />}
      {loaded.data && <DiffView difference={loaded.data} />}
    </section>
  );
}

interface RevertProps {
  entry: Entry;
  version: number;
  onClose(): void;
  onDone(entry: Entry): void;
}

function RevertDialog({ entry, version, onClose, onDone }: RevertProps) {
  const { api } = useTools();
  const state = useDeed();
  const act = ({ note = "" }: { note?: string }) =>
    state.run(async () => onDone(await api.revert(entry.id, version, entry.head_version, note.trim())));
  return (
    <DeedDialog<{ note?: string }>
      title={t.revertTitle(version)}
      lead={t.revertLead}
      submit={t.revert(version)}
      state={state}
      onClose={onClose}
      onSubmit={(fields) => void act(fields)}
    >
      <Form.Item name="note" label={texts.edit.note}>
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2, maxRows: 6 }} />
      </Form.Item>
    </DeedDialog>
  );
}
