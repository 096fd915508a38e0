import { Button } from "antd";
import { useCallback, useState } from "react";
import { dayOf, momentOf } from "../core/time";
import { texts } from "../texts/knowledge";
import { texts as answered } from "../texts/knowledge/answered";
import { useDesk, useNow } from "../ui/context";
import { useLoad, useTools } from "./context";
import type { Group, Page, Trouble } from "./core/contract";
import { mayEdit } from "./core/rights";
import { hashOf } from "./core/route";
import { problemOf, wordsOf } from "./core/words";
import { type GroupDeed, GroupDialog } from "./dialogs/GroupDialog";
import { Loading, ProblemNote } from "./Parts";

const t = answered.questions;
const STATES = ["open", "handled"] as const;
const DEEDS: readonly GroupDeed[] = ["make", "alias", "dismiss"];

/** What taxpayers asked and did not get answered well, alike ones in one group. */
export function QuestionsScreen({ state }: { state: (typeof STATES)[number] }) {
  const desk = useDesk();
  const { api } = useTools();
  const first = useLoad(useCallback(() => api.groups(state), [api, state]));
  const [more, setMore] = useState<Page<Group>[]>([]);
  const [open, setOpen] = useState<{ deed: GroupDeed; group: Group } | null>(null);
  const groups = [...(first.data?.items ?? []), ...more.flatMap((each) => each.items)];
  const cursor = (more.at(-1) ?? first.data)?.next_cursor ?? null;

  async function showMore(): Promise<void> {
    try {
      const next = await api.groups(state, cursor);
      setMore([...more, next]);
    } catch (error) {
      desk.toast(wordsOf(problemOf(error)), true);
    }
  }

  function done(entryId: string | null, said: string): void {
    setOpen(null);
    desk.toast(said);
    if (entryId) desk.place.go(hashOf({ screen: "entry", id: entryId, tab: "edit" }));
    else {
      setMore([]);
      first.reload();
    }
  }

  return (
    <div className="kb-entry">
      <header className="kb-entry-head">
        <h2>{t.label}</h2>
        <p className="quiet">{t.lead}</p>
      </header>
      <nav className="kb-tabs" aria-label={t.label}>
        {STATES.map((each) => (
          <a
            key={each}
            href={hashOf({ screen: "questions", state: each })}
            aria-current={each === state ? "page" : undefined}
          >
            {t.states[each]}
          </a>
        ))}
      </nav>
      <ProblemNote problem={first.problem} again={first.reload} />
      {!first.data && first.loading && <Loading />}
      {first.data && groups.length === 0 && <p className="kb-none">{t.none[state]}</p>}
      <ul className="kb-groups">
        {groups.map((group) => (
          <li key={group.id} className="kb-block">
            <GroupCard group={group} onDeed={(deed) => setOpen({ deed, group })} />
          </li>
        ))}
      </ul>
      {cursor && (
        <Button className="kb-more" onClick={() => void showMore()}>
          {t.more}
        </Button>
      )}
      {open && <GroupDialog {...open} onClose={() => setOpen(null)} onDone={done} />}
    </div>
  );
}

function GroupCard({ group, onDeed }: { group: Group; onDeed(deed: GroupDeed): void }) {
  const { staff } = useTools();
  const now = useNow(60_000);
  const troubles = Object.entries(group.why) as [Trouble, number][];
  return (
    <>
      <h3>{group.question}</h3>
      <p className="quiet">
        {[
          t.count(group.count),
          t.span(dayOf(group.first_at), dayOf(group.last_at)),
          ...troubles.filter(([, count]) => count > 0).map(([why, count]) => t.whyOf(t.why[why], count)),
        ].join(texts.join)}
      </p>
      <details>
        <summary>{t.examples}</summary>
        <ul className="kb-links">
          {group.examples.map((each) => (
            <li key={`${each.at} ${each.text}`}>
              {each.text}
              <span className="quiet small kb-sub">
                {[momentOf(each.at, now), t.why[each.why], each.entry_id && t.gave(each.entry_id)]
                  .filter(Boolean)
                  .join(texts.join)}
              </span>
            </li>
          ))}
        </ul>
      </details>
      <h4>{t.nearest}</h4>
      {group.nearest.length === 0 && <p className="quiet">{t.noNearest}</p>}
      <ul className="kb-links">
        {group.nearest.map((each) => (
          <li key={each.entry_id}>
            <a href={hashOf({ screen: "entry", id: each.entry_id, tab: "read" })}>{each.question}</a>
            <span className="quiet small kb-sub">
              {[each.entry_id, t.closeness(each.cosine.toFixed(3))].join(texts.join)}
            </span>
          </li>
        ))}
      </ul>
      {group.handled ? (
        <p className="quiet">
          {[
            t.handledAs[group.handled.handled_as](group.handled.entry_id ?? ""),
            group.handled.note,
            texts.entry.by(group.handled.by.name, momentOf(group.handled.at, now)),
          ]
            .filter(Boolean)
            .join(texts.join)}
        </p>
      ) : (
        mayEdit(staff) && (
          <fieldset className="kb-deeds" aria-label={group.question}>
            {DEEDS.map((deed) => (
              <Button key={deed} onClick={() => onDeed(deed)}>
                {t[deed]}
              </Button>
            ))}
          </fieldset>
        )
      )}
    </>
  );
}
