import { describe, expect, it } from "vitest";
import type { Flow, FlowField, Input, Message } from "../src/core/contract";
import { draftOf, dropOthers, forgetDrafts, keepDraft } from "../src/core/drafts";
import { flowPlaces, notTaken, onItsWay, unfinished } from "../src/core/flow";
import type { Unsent } from "../src/core/outbox";
import { jsonStore } from "../src/core/storage";
import { columnsOf, masked, missingIn, rowOf, withoutProtected } from "../src/ui/flow/values";

const AT = "2026-11-20T02:00:00Z";
const NOW = Date.parse(AT);

const step = (seq: number, key: string, more: Partial<Flow> = {}): Message => ({
  seq,
  at: AT,
  sender: "bot",
  kind: "flow",
  text: key,
  flow: {
    flow_id: "F06",
    run_id: "fr_1",
    title: "自测",
    step: key,
    state: "active",
    progress: { step: 1, of: 3 },
    fields: [{ key, type: "text", label: key, required: true }],
    actions: [],
    days: 7,
    ...more,
  },
});
const own = (seq: number, text: string, input?: Input): Message => ({
  seq,
  at: AT,
  sender: "taxpayer",
  kind: "text",
  text,
  meta: input ? { input } : {},
});
const filled = (seq: number, field: string, text: string): Message =>
  own(seq, text, { type: "flow_field", run_id: "fr_1", field, value: text });
const acted = (seq: number, action: "back" | "change" | "pause"): Message =>
  own(seq, action, { type: "flow_action", run_id: "fr_1", action });
const said = (seq: number): Message => ({ seq, at: AT, sender: "bot", kind: "answer", text: "答复" });

const placed = (log: Message[]) =>
  log.map(({ seq }) => {
    const place = flowPlaces(log).get(seq);
    return place?.as === "answered" ? `${place.answer ?? "-"}${place.change ? "" : "!"}` : place?.as;
  });

describe("flowPlaces", () => {
  it("puts question and answer into one line, and hides the bubble", () => {
    const log = [step(1, "matter"), filled(2, "matter", "没报税"), step(3, "month")];
    expect(placed(log)).toEqual(["没报税", "hidden", "now"]);
  });

  it("leaves a typed answer standing", () => {
    expect(placed([step(1, "matter"), own(2, "没报税"), step(3, "month")])).toEqual(["-", undefined, "now"]);
  });

  it("hides a step that is asked again after a refusal, with what was refused", () => {
    const again = step(3, "matter", { fault: "请选一项" });
    expect(placed([step(1, "matter"), filled(2, "matter", "x"), again])).toEqual(["hidden", "hidden", "now"]);
  });

  it("keeps a question in the middle, and shows the step once", () => {
    const log = [step(1, "matter"), own(2, "罚多少"), said(3), step(4, "matter")];
    expect(placed(log)).toEqual(["hidden", undefined, undefined, "now"]);
  });

  it("shows only the last answer to a step that was changed", () => {
    const log = [
      step(1, "matter"),
      filled(2, "matter", "甲"),
      step(3, "month"),
      acted(4, "back"),
      step(5, "matter"),
      filled(6, "matter", "乙"),
      step(7, "month"),
    ];
    expect(placed(log)).toEqual(["hidden", "hidden", "hidden", "hidden", "乙", "hidden", "now"]);
  });

  it("offers no change once the run is over, and none of another run", () => {
    const over = [step(1, "matter"), filled(2, "matter", "甲"), step(3, "month", { state: "cancelled" })];
    expect(placed(over)).toEqual(["甲!", "hidden", "now"]);
    const other = step(4, "which_year", { run_id: "fr_2", flow_id: "F05" });
    const log = [step(1, "matter"), filled(2, "matter", "甲"), step(3, "month"), other];
    expect(placed(log)).toEqual(["甲!", "hidden", "left", "now"]);
    expect(flowPlaces(log).get(3)).toEqual({ as: "left", resume: true });
  });

  it("keeps the result of a run that is done", () => {
    const done = step(1, "result", { state: "done", fields: [] });
    expect(placed([done, step(2, "which_year", { run_id: "fr_2" })])).toEqual(["now", "now"]);
  });
});

describe("unfinished", () => {
  const days = (n: number) => NOW + n * 86_400_000;

  it("waits when paused, or when something else was said since", () => {
    expect(unfinished([step(1, "a")], NOW)).toMatchObject({ days: 7, waits: false });
    expect(unfinished([step(1, "a"), said(2)], NOW)?.waits).toBe(true);
    expect(unfinished([step(1, "a", { state: "paused" })], days(2.5))).toMatchObject({
      days: 5,
      waits: true,
    });
  });

  it("is none when the run is over, or its time is", () => {
    expect(unfinished([step(1, "a", { state: "done" })], NOW)).toBeUndefined();
    expect(unfinished([step(1, "a")], days(7))).toBeUndefined();
    expect(unfinished([said(1)], NOW)).toBeUndefined();
  });
});

it("knows what of a run is on its way, and what was refused", () => {
  const item = (state: Unsent["state"], run: string): Unsent => ({
    id: state,
    body: { input: { type: "flow_action", run_id: run, action: "back" } },
    label: null,
    at: AT,
    state,
  });
  const unsent = [item("refused", "fr_1"), item("waiting", "fr_2")];
  expect(onItsWay(unsent, "fr_1")).toBeUndefined();
  expect(onItsWay(unsent, "fr_2")?.id).toBe("waiting");
  expect(notTaken(unsent, "fr_1")?.id).toBe("refused");
});

describe("drafts", () => {
  const store = jsonStore(() => window.sessionStorage);

  it("keep a protected value in memory alone", () => {
    keepDraft(store, "fr_1", "id", "11010519491231002X", undefined);
    expect(draftOf(store, "fr_1", "id")).toBe("11010519491231002X");
    expect(JSON.stringify({ ...window.sessionStorage })).not.toContain("002X");
  });

  it("are dropped for the steps that are done, and with the person", () => {
    keepDraft(store, "fr_1", "amount", "5", "5");
    keepDraft(store, "fr_2", "amount", "6", "6");
    dropOthers(store, "fr_1", "id");
    expect(draftOf(store, "fr_1", "amount")).toBeUndefined();
    expect(draftOf(store, "fr_2", "amount")).toBe("6");
    forgetDrafts(store);
    expect(draftOf(store, "fr_2", "amount")).toBeUndefined();
    expect(draftOf(store, "fr_1", "id")).toBeUndefined();
  });
});

describe("rows of a list", () => {
  const columns: FlowField[] = [
    { key: "born", type: "month", label: "出生年月", required: true },
    { key: "stage", type: "choice", label: "阶段", required: true, options: [] },
    { key: "ended", type: "month", label: "读完", required: true, when: { stage: "finished" } },
    { key: "id", type: "identity_number", label: "证件", required: false, protected: true },
  ];
  const keys = (row: Record<string, unknown>) => columnsOf(columns, row).map(({ key }) => key);

  it("ask a column when the ones before say so", () => {
    expect(keys({})).toEqual(["born", "stage", "id"]);
    expect(keys({ stage: "studying" })).toEqual(["born", "stage", "id"]);
    expect(keys({ stage: "finished" })).toEqual(["born", "stage", "ended", "id"]);
  });

  it("name what is missing, and send only what is asked", () => {
    expect(missingIn(columns, { born: "2020-01", stage: "finished" })).toEqual(["ended"]);
    expect(rowOf(columns, { born: "2020-01", stage: "studying", ended: "2024-01", id: " " })).toEqual({
      born: "2020-01",
      stage: "studying",
    });
  });

  it("keep no protected cell over a reload", () => {
    const list: FlowField = {
      key: "children",
      type: "list",
      label: "孩子",
      required: true,
      fields: [...columns],
    };
    expect(withoutProtected(list, [{ born: "2020-01", id: "11010519491231002X" }])).toEqual([
      { born: "2020-01" },
    ]);
    expect(withoutProtected(columns[3] as FlowField, "11010519491231002X")).toBeUndefined();
  });

  it("show a protected cell as its mask", () => {
    expect(masked("11010519491231002X", "identity_number")).toBe("110***********002X");
    expect(masked("13800138000", "phone")).toBe("138****8000");
    expect(masked("110***********002X", "identity_number")).toBe("110***********002X");
    expect(masked("123", "phone")).toBe("****");
  });
});
