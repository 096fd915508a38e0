import type { Flow, FlowState, Input, Message } from "./contract";
import { inputOf, type Unsent } from "./outbox";

/**
 * How a message stands in the log because of a guided flow. `now`: where a run is; `answered`: one line, the
 * question and the answer; `left`: the last word of a run that waits, or ended; `hidden`: said better elsewhere.
 */
export type FlowPlace =
  | { as: "now" }
  | { as: "answered"; answer: string | undefined; change: boolean }
  | { as: "left"; resume: boolean }
  | { as: "hidden" };

const DAY = 86_400_000;
const UNFINISHED: readonly FlowState[] = ["active", "paused", "with_person"];
/** What these say is seen in the step that follows. */
const SILENT: readonly string[] = ["back", "change", "explain", "resume"];
const HIDDEN: FlowPlace = { as: "hidden" };

interface Told {
  message: Message;
  flow: Flow;
  /** Its place in the log. */
  at: number;
}

const flowsIn = (log: readonly Message[]): Told[] =>
  log.flatMap((message, at) =>
    message.flow && !message.meta?.erased ? [{ message, flow: message.flow, at }] : [],
  );

/** Where each message that a flow concerns stands, by seq. */
export function flowPlaces(log: readonly Message[]): ReadonlyMap<number, FlowPlace> {
  const places = new Map<number, FlowPlace>();
  const told = flowsIn(log);
  const newest = told[told.length - 1];
  if (!newest) return places;
  for (const { seq, meta } of log) {
    if (meta?.input?.type === "flow_action" && SILENT.includes(meta.input.action)) places.set(seq, HIDDEN);
  }
  const seen = new Set<string>();
  // From the end: what was answered last is the answer, what was answered before is history.
  for (let index = told.length - 1; index >= 0; index -= 1) {
    const one = told[index] as Told;
    const next = told.slice(index + 1).find(({ flow }) => flow.run_id === one.flow.run_id);
    if (!next) {
      places.set(one.message.seq, lastWord(one, newest));
      continue;
    }
    const given = answerBetween(log, one, next);
    const line = `${one.flow.run_id}/${one.flow.step}`;
    if (given?.hides) places.set(given.message.seq, HIDDEN);
    if (!given || given.refused || seen.has(line) || one.flow.step === "summary") {
      places.set(one.message.seq, HIDDEN);
      continue;
    }
    seen.add(line);
    const live = newest.flow.run_id === one.flow.run_id;
    const change = live && (newest.flow.state === "active" || newest.flow.state === "done");
    places.set(one.message.seq, {
      as: "answered",
      answer: given.hides ? given.message.text : undefined,
      change,
    });
  }
  return places;
}

function lastWord(one: Told, newest: Told): FlowPlace {
  if (one === newest || one.flow.state === "done") return { as: "now" };
  return { as: "left", resume: UNFINISHED.includes(one.flow.state) };
}

interface Given {
  message: Message;
  /** Its bubble is not needed beside the line that shows the answer. */
  hides: boolean;
  refused: boolean;
}

/** What answered a step before the run's next word, by its field or in words. */
function answerBetween(log: readonly Message[], one: Told, next: Told): Given | undefined {
  const key = one.flow.fields[0]?.key;
  const between = log.slice(one.at + 1, next.at).filter(({ sender }) => sender === "taxpayer");
  const filled = between.find(({ meta }) => {
    const input = meta?.input;
    return input?.type === "flow_field" && input.run_id === one.flow.run_id && input.field === key;
  });
  const refused = next.flow.fault !== undefined && next.flow.step === one.flow.step;
  if (filled) return { message: filled, hides: true, refused };
  const last = between[between.length - 1];
  if (!last || last.meta?.input || next.flow.step === one.flow.step) return undefined;
  return { message: last, hides: false, refused: false };
}

/** The run that waits to be gone on with, and for how many days; none when it is answered or ended. */
export function unfinished(log: readonly Message[], now: number): Unfinished | undefined {
  const told = flowsIn(log);
  const newest = told[told.length - 1];
  if (!newest || !UNFINISHED.includes(newest.flow.state)) return undefined;
  const passed = Math.floor((now - Date.parse(newest.message.at)) / DAY);
  const days = (newest.flow.days ?? 7) - Math.max(0, passed);
  if (days <= 0) return undefined;
  const after = log.slice(newest.at + 1).filter(({ sender, kind }) => sender === "bot" && kind !== "flow");
  return { flow: newest.flow, days, waits: newest.flow.state === "paused" || after.length > 0 };
}

export interface Unfinished {
  flow: Flow;
  days: number;
  /** It is not what is before the eyes. */
  waits: boolean;
}

/** Whether something for a run is on its way. */
export const onItsWay = (unsent: readonly Unsent[], run: string): Unsent | undefined =>
  unsent.find((item) => runOf(inputOf(item)) === run && item.state !== "refused");

/** What the server did not take of a run. */
export const notTaken = (unsent: readonly Unsent[], run: string): Unsent | undefined =>
  unsent.find((item) => runOf(inputOf(item)) === run && item.state === "refused");

const runOf = (input: Input | undefined): string | undefined =>
  input?.type === "flow_field" || input?.type === "flow_action" ? input.run_id : undefined;

/** A step that follows what the taxpayer just did: it is where the eyes are. */
export const isNextStep = (log: readonly Message[], message: Message): boolean =>
  Boolean(message.flow) && log.some(({ seq, sender }) => seq === message.seq - 1 && sender === "taxpayer");
