import { SearchOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { texts } from "../texts/knowledge";
import { useLayout } from "../ui/context";
import { Choose } from "./Choose";
import type { EntryState, Summary } from "./core/contract";
import { ALL, CHECKS, type Filter, narrows, SORTS, STATES } from "./core/filter";
import { topicOf } from "./core/words";

const t = texts.list;
const CALM_MS = 300;

interface Props {
  filter: Filter;
  summary: Summary | null;
  onChange(filter: Filter): void;
}

/** What narrows and orders the list; the states with their counts stand first. */
export function ListFilters({ filter, summary, onChange }: Props) {
  const set = (change: Partial<Filter>) => onChange({ ...filter, ...change });
  return (
    <>
      <fieldset className="kb-tabs" aria-label={t.states}>
        {[null, ...STATES].map((state) => (
          <StateTab
            key={state ?? ""}
            state={state}
            count={summary && countOf(summary, state)}
            pressed={filter.state === state}
            onPress={() => set({ state })}
          />
        ))}
      </fieldset>
      <search className="kb-filters" aria-label={t.filters}>
        <SearchBox words={filter.q} onSearch={(q) => set({ q })} />
        <Foldable open={narrows(filter)}>
          <Choose
            label={t.topic}
            value={filter.topic ?? ""}
            options={[
              ["", t.any],
              ...(summary?.topics ?? []).map(({ topic, count }): [string, string] => [
                topic,
                `${topicOf(topic)} (${count})`,
              ]),
            ]}
            onChange={(topic) => set({ topic: topic || null })}
          />
          <Choose
            label={t.check}
            value={filter.check ?? ""}
            options={[["", t.any], ...CHECKS.map((each): [string, string] => [each, texts.checks[each]])]}
            onChange={(check) => set({ check: CHECKS.find((each) => each === check) ?? null })}
          />
          <Choose
            label={t.sort}
            value={filter.sort}
            options={SORTS.map((each) => [each, t.sorts[each]])}
            onChange={(sort) => set({ sort: SORTS.find((each) => each === sort) ?? "id" })}
          />
          <div className="kb-toggles">
            <Toggle on={filter.expiring} onToggle={(expiring) => set({ expiring })}>
              {t.expiring(summary?.expiring.count ?? 0)}
            </Toggle>
            <Toggle on={filter.due} onToggle={(due) => set({ due })}>
              {t.due(summary?.due ?? 0)}
            </Toggle>
            <Toggle on={filter.voted_down} onToggle={(voted_down) => set({ voted_down })}>
              {t.votedDown(summary?.voted_down ?? 0)}
            </Toggle>
            {narrows(filter) && (
              <Button
                type="link"
                onClick={() => onChange({ ...ALL, state: filter.state, sort: filter.sort })}
              >
                {t.clear}
              </Button>
            )}
          </div>
        </Foldable>
      </search>
    </>
  );
}

/** On a phone the list comes first, and what narrows it when it is asked for. */
function Foldable({ open, children }: { open: boolean; children: ReactNode }) {
  const phone = useLayout() === "phone";
  const [unfolded, setUnfolded] = useState(open);
  if (!phone) return children;
  return (
    <details className="kb-fold" open={unfolded} onToggle={(event) => setUnfolded(event.currentTarget.open)}>
      <summary>{t.filters}</summary>
      {children}
    </details>
  );
}

/** Entries in a state; null: in any. */
function countOf({ states }: Summary, state: EntryState | null): number {
  return state ? states[state] : Object.values(states).reduce((sum, each) => sum + each, 0);
}

interface TabProps {
  state: EntryState | null;
  count: number | null;
  pressed: boolean;
  onPress(): void;
}

function StateTab({ state, count, pressed, onPress }: TabProps) {
  return (
    <button type="button" aria-pressed={pressed} onClick={onPress}>
      {state ? texts.states[state] : t.all}
      {count !== null && <span className="count"> {count}</span>}
    </button>
  );
}

/** Searches when one stops typing, or at once on Enter. */
function SearchBox({ words, onSearch }: { words: string; onSearch(words: string): void }) {
  const [typed, setTyped] = useState(words);
  // What changed the words from elsewhere shows; what was typed since the last search stays.
  useEffect(() => setTyped((now) => (now.trim() === words ? now : words)), [words]);
  useEffect(() => {
    if (typed.trim() === words) return;
    const timer = setTimeout(() => onSearch(typed.trim()), CALM_MS);
    return () => clearTimeout(timer);
  });
  return (
    <Input
      className="kb-search"
      type="search"
      aria-label={t.search}
      placeholder={t.searchHint}
      prefix={<SearchOutlined aria-hidden="true" />}
      value={typed}
      maxLength={200}
      allowClear
      onChange={(event) => setTyped(event.target.value)}
      onPressEnter={() => onSearch(typed.trim())}
    />
  );
}

function Toggle(props: { on: boolean; onToggle(on: boolean): void; children: string }) {
  return (
    <button
      type="button"
      className="kb-toggle"
      aria-pressed={props.on}
      onClick={() => props.onToggle(!props.on)}
    >
      {props.children}
    </button>
  );
}
