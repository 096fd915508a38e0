import { Button } from "antd";
import { useCallback, useEffect, useState } from "react";
import { asProblem } from "../core/api";
import { dayOf, momentOf } from "../core/time";
import { texts } from "../texts/knowledge";
import { useDesk, useNow } from "../ui/context";
import { useLoad, useTools } from "./context";
import type { EntryRow, Page } from "./core/contract";
import { ALL, type Filter, narrows, queryOf } from "./core/filter";
import { hashOf } from "./core/route";
import { nameOf, topicOf, wordsOf } from "./core/words";
import { ListFilters } from "./ListFilters";
import { Loading, ProblemNote, StateMarks } from "./Parts";

const t = texts.list;

/** All entries, narrowed and ordered; the filter stands in the address. */
export function EntryList({ filter }: { filter: Filter }) {
  const desk = useDesk();
  const { api } = useTools();
  const query = queryOf(filter).toString();
  const page = useLoad(useCallback(() => api.list(new URLSearchParams(query)), [api, query]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: who looks at other rows sees their counts of now
  const summary = useLoad(useCallback(() => api.summary(), [api, query]));
  const [more, setMore] = useState<{ query: string; pages: Page<EntryRow>[] }>({ query, pages: [] });
  const [busy, setBusy] = useState(false);
  const pages = more.query === query ? more.pages : [];
  const rows = [...(page.data?.items ?? []), ...pages.flatMap((each) => each.items)];
  const cursor = (pages.at(-1) ?? page.data)?.next_cursor ?? null;

  useEffect(() => setMore({ query, pages: [] }), [query]);

  async function showMore(): Promise<void> {
    if (!cursor) return;
    setBusy(true);
    try {
      const next = await api.list(new URLSearchParams([...new URLSearchParams(query), ["cursor", cursor]]));
      setMore({ query, pages: [...pages, next] });
    } catch (error) {
      desk.toast(wordsOf(asProblem(error)), true);
    } finally {
      setBusy(false);
    }
  }

  const go = (next: Filter) => desk.place.go(hashOf({ screen: "list", filter: next }));
  return (
    <div className="kb-list">
      <h2 className="unseen">{t.label}</h2>
      <ListFilters filter={filter} summary={summary.data} onChange={go} />
      <ProblemNote problem={page.problem ?? summary.problem} again={page.reload} />
      {!page.data && page.loading && <Loading />}
      {page.data && rows.length === 0 && (
        <div className="kb-none">
          <p>{t.none}</p>
          {narrows(filter) && <p className="quiet">{t.noneHint}</p>}
          {narrows(filter) && <Button onClick={() => go({ ...ALL, sort: filter.sort })}>{t.clear}</Button>}
        </div>
      )}
      {rows.length > 0 && <Rows rows={rows} busy={page.loading} />}
      {page.data && (
        <p className="kb-shown quiet" role="status">
          {rows.length > 0 && t.shown(rows.length)}
        </p>
      )}
      {cursor && (
        <Button className="kb-more" loading={busy} onClick={() => void showMore()}>
          {t.more}
        </Button>
      )}
    </div>
  );
}

function Rows({ rows, busy }: { rows: readonly EntryRow[]; busy: boolean }) {
  const { unsaved } = useTools();
  const now = useNow(60_000);
  const today = dayOf(now);
  const kept = new Set(unsaved.ids());
  return (
    <table className="kb-rows" aria-label={t.label} aria-busy={busy}>
      <thead>
        <tr>
          <th scope="col">{t.entry}</th>
          <th scope="col">{t.state}</th>
          <th scope="col">{t.usage}</th>
          <th scope="col">{t.validTo}</th>
          <th scope="col">{t.verifyBy}</th>
          <th scope="col">{t.changed}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <a href={hashOf({ screen: "entry", id: row.id, tab: "read" })}>{row.question || row.id}</a>
              <span className="quiet small kb-row-about">
                <span>{row.id}</span>
                {row.kind !== "policy" && <span>{texts.kinds[row.kind]}</span>}
                <span>{topicOf(row.topic)}</span>
                <span>{row.check === "L3" ? texts.checks.L3 : row.check}</span>
                {row.visibility === "staff" && <span>{texts.entry.visibility.staff}</span>}
                {row.region && <span>{row.region}</span>}
                {kept.has(row.id) && <span className="soon">{t.unsaved}</span>}
              </span>
            </th>
            <td data-label={t.state}>
              <StateMarks entry={row} />
            </td>
            <td data-label={t.usage}>
              {row.usage.answers > 0 ? t.times(row.usage.answers) : <span className="quiet">{t.unused}</span>}
              {row.usage.up + row.usage.down > 0 && (
                <span className="quiet small kb-sub">{t.votes(row.usage.up, row.usage.down)}</span>
              )}
            </td>
            <td data-label={t.validTo}>{row.valid_to ? t.until(row.valid_to) : t.open}</td>
            <td data-label={t.verifyBy} className={overdue(row, today) ? "late" : undefined}>
              {row.verify_by && (overdue(row, today) ? t.overdue(row.verify_by) : row.verify_by)}
            </td>
            <td data-label={t.changed}>
              {momentOf(row.changed_at, now)}
              <span className="quiet small kb-sub">{nameOf(row.changed_by)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function overdue(row: EntryRow, today: string): boolean {
  return row.verify_by !== null && row.verify_by <= today;
}
