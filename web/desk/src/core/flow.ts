import { texts } from "../texts";
import type { FlowOut, FlowPart, Progress } from "./contract";

const t = texts.flow;

/** How a flow stands, in a word; a state that is not known as it is. */
export function stateOf(state: string): string {
  return t.states[state] ?? state;
}

export function placeOf({ step, of }: Progress): string {
  return t.progress(step, of);
}

/** One line for a message of a flow: what is asked now, or how it stands or ended. */
export function lineOf(flow: FlowPart): string {
  if (flow.state === "done" || flow.result) {
    const verdict = flow.result
      ? (t.verdicts[flow.result.verdict] ?? flow.result.verdict)
      : stateOf(flow.state);
    return t.ended(verdict);
  }
  if (flow.state !== "active") return stateOf(flow.state);
  const asked = flow.step === "summary" ? t.checking : flow.fields?.[0]?.label;
  const place = placeOf(flow.progress);
  return asked ? t.asking(place, asked) : place;
}

/** The flows that hold all words of a search, in their name, number or description. */
export function matching(flows: readonly FlowOut[], search: string): FlowOut[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return flows.filter(({ flow_id, title, about }) => {
    const all = `${flow_id} ${title} ${about}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
