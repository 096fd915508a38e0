import { describe, expect, test } from "vitest";
import type { FlowPart } from "../src/core/contract";
import { lineOf, matching, stateOf } from "../src/core/flow";
import { texts } from "../src/texts";

const t = texts.flow;
const part = (more: Partial<FlowPart> = {}): FlowPart => ({
  flow_id: "F06",
  run_id: "fr_1",
  title: "T",
  step: "period",
  state: "active",
  progress: { step: 3, of: 9 },
  fields: [{ key: "period", label: "Month" }],
  ...more,
});

describe("a message of a flow in a line", () => {
  test("says the step and what is asked", () =>
    expect(lineOf(part())).toBe(t.asking(t.progress(3, 9), "Month")));
  test("says that all is being checked", () =>
    expect(lineOf(part({ step: "summary" }))).toContain(t.checking));
  test("says how it ended", () =>
    expect(
      lineOf(part({ state: "done", step: "result", result: { verdict: "pass", title: "x", text: "y" } })),
    ).toBe(t.ended(t.verdicts.pass ?? "")));
  test.each(["paused", "cancelled", "expired", "with_person"])("says that it is %s", (state) =>
    expect(lineOf(part({ state }))).toBe(t.states[state]),
  );
  test("shows a state and a verdict of a later server as they are", () => {
    expect(stateOf("frozen")).toBe("frozen");
    expect(lineOf(part({ result: { verdict: "maybe", title: "x", text: "y" } }))).toBe(t.ended("maybe"));
  });
});

describe("the search for a flow", () => {
  const flows = [
    { flow_id: "F05", title: "Special deductions", about: "children, parents", minutes: 6 },
    { flow_id: "F06", title: "Filing late", about: "what to do now", minutes: 4 },
  ];
  test.each([
    ["", ["F05", "F06"]],
    ["f06", ["F06"]],
    ["  Children ", ["F05"]],
    ["late do", ["F06"]],
    ["late children", []],
  ])("%j finds %j", (words, ids) => expect(matching(flows, words).map((each) => each.flow_id)).toEqual(ids));
});
