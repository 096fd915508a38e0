import { Alert } from "antd";
import { useCallback, useState } from "react";
import { momentOf } from "../core/time";
import { texts } from "../texts/knowledge";
import { useDesk, useNow } from "../ui/context";
import { CorrectTab } from "./CorrectTab";
import { useLoad, useTools } from "./context";
import type { Entry } from "./core/contract";
import { ALL } from "./core/filter";
import { mayEdit } from "./core/rights";
import { type EntryTab, hashOf, TABS } from "./core/route";
import { topicOf } from "./core/words";
import { Deeds } from "./Deeds";
import { EditScreen } from "./EditScreen";
import { EffectTab } from "./EffectTab";
import { HistoryTab } from "./HistoryTab";
import { Loading, ProblemNote, StateMarks } from "./Parts";
import { ReadView } from "./ReadView";

const t = texts.entry;

/** One entry: what it says, what is done with it, how it came to be. */
export function EntryScreen({ id, tab }: { id: string; tab: EntryTab }) {
  const desk = useDesk();
  const { api, staff, unsaved } = useTools();
  const loaded = useLoad(useCallback(() => api.entry(id), [api, id]));
  const [dirty, setDirty] = useState(() => unsaved.read(id) !== null);
  const entry = loaded.data;
  const tabs = TABS.filter((each) => each !== "edit" || mayEdit(staff));
  if (!entry) {
    return loaded.problem ? <ProblemNote problem={loaded.problem} again={loaded.reload} /> : <Loading />;
  }
  return (
    <div className="kb-entry">
      <a className="kb-back" href={hashOf({ screen: "list", filter: ALL })}>
        {t.back}
      </a>
      <header className="kb-entry-head">
        <h2>{entry.question || entry.content.question || id}</h2>
        <p className="kb-entry-line">
          <span>{id}</span>
          <StateMarks entry={entry} />
          <span>{topicOf(entry.topic)}</span>
          <span>{t.version(entry.version)}</span>
        </p>
        <Standing entry={entry} />
        <Deeds
          entry={entry}
          dirty={dirty}
          onChanged={(changed) => {
            if (changed) loaded.put(changed);
            else loaded.reload();
          }}
          onGone={() => desk.place.go(hashOf({ screen: "list", filter: ALL }))}
        />
      </header>
      <ProblemNote problem={loaded.problem} again={loaded.reload} />
      <nav className="kb-tabs" aria-label={entry.id}>
        {tabs.map((each) => (
          <a
            key={each}
            href={hashOf({ screen: "entry", id, tab: each })}
            aria-current={each === tab ? "page" : undefined}
          >
            {t.tabs[each]}
          </a>
        ))}
      </nav>
      {tab === "read" && <ReadView entry={entry} />}
      {tab === "edit" && (
        <EditScreen
          entry={entry}
          onSaved={(saved) => {
            loaded.put(saved);
            setDirty(false);
          }}
          onDirty={setDirty}
        />
      )}
      {tab === "history" && <HistoryTab entry={entry} onChanged={loaded.put} />}
      {tab === "effect" && <EffectTab entry={entry} />}
      {tab === "correct" && <CorrectTab entry={entry} />}
    </div>
  );
}

/** What was done last and concerns whoever opens it: sent, returned, planned, withdrawn, faults. */
function Standing({ entry }: { entry: Entry }) {
  const now = useNow(60_000);
  const { returned, withdrawn, submitted, publish_at, work, live, faults } = entry;
  return (
    <div className="kb-standing">
      {work === "draft" && returned && (
        <Alert
          type="warning"
          showIcon
          title={t.returned(returned.by.name, momentOf(returned.at, now))}
          description={returned.reason}
        />
      )}
      {live === "withdrawn" && withdrawn && (
        <Alert
          type="warning"
          showIcon
          title={t.withdrawn(withdrawn.by.name, momentOf(withdrawn.at, now))}
          description={withdrawn.reason}
        />
      )}
      {(work === "in_review" || work === "scheduled") && (
        <p className="quiet">
          {[
            submitted && t.submitted(submitted.by.name, momentOf(submitted.at, now)),
            submitted?.reason,
            publish_at && t.publishAt(momentOf(publish_at, now)),
          ]
            .filter(Boolean)
            .join(texts.join)}
        </p>
      )}
      {work && entry.head_version !== entry.version && <Alert type="warning" showIcon title={t.newer} />}
      {work === "draft" && faults.length > 0 && <p className="soon">{t.faults(faults.length)}</p>}
    </div>
  );
}
