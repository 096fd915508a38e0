import { describe, expect, test } from "vitest";
import { faultsAt, linesOf, otherFaults, rowsOf, same, whenOf } from "../../src/knowledge/core/content";
import type { Fault, When } from "../../src/knowledge/core/contract";
import { localOf, momentIn } from "../../src/knowledge/core/moment";
import { deedsOf } from "../../src/knowledge/core/rights";
import { faultWords, fieldOf, topicCodeOf, whenWords } from "../../src/knowledge/core/words";

const fault = (path: string): Fault => ({ field: path.split(".")[0] ?? "", path, message: path });

describe("content under the pen", () => {
  test("has a way of asking in each line that is not empty", () => {
    expect(linesOf(" 印花税怎么算 \n\n合同要贴花吗\n")).toEqual(["印花税怎么算", "合同要贴花吗"]);
  });

  test("is the same in whatever order its keys stand, and not in another order of its list", () => {
    expect(same({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toBe(true);
    expect(same(["a", "b"], ["b", "a"])).toBe(false);
    expect(same(null, {})).toBe(false);
  });

  test("has its faults at their fields, and the others apart", () => {
    const faults = ["answer", "cases.0.when", "cases.10.answer", "content"].map(fault);
    expect(faultsAt(faults, "cases.1")).toEqual([]);
    expect(faultsAt(faults, "cases.0").map((each) => each.path)).toEqual(["cases.0.when"]);
    expect(faultsAt(faults, "cases")).toHaveLength(2);
    expect(otherFaults(faults).map((each) => each.path)).toEqual(["content"]);
  });
});

describe("a condition", () => {
  const plain: When[] = [{}, { vat_status: "general" }, { credit_grade: ["C", "D"], filing_period: "month" }];

  test.each(plain)("of values is rows and back: %j", (when) => {
    expect(whenOf(rowsOf(when) ?? [])).toEqual(when);
  });

  test("that says more is not taken apart", () => {
    expect(rowsOf({ any: [{ vat_status: "general" }] })).toBeNull();
    expect(rowsOf({ employees: { le: 300 } })).toBeNull();
    expect(whenWords({ employees: { le: 300 } })).toBe('{"employees":{"le":300}}');
  });

  test("reads in words", () => {
    expect(whenWords({ vat_status: "small_scale", credit_grade: ["A", "B"] })).toBe(
      "小规模纳税人 · A 级、B 级",
    );
    expect(whenWords({ any: [{ entity_type: "individual_business" }, { vat_status: "small_scale" }] })).toBe(
      "个体工商户 或 小规模纳税人",
    );
    expect(whenWords({ employees: { gt: 30, lte: 300 } })).toBe("从业人数超过 30 · 从业人数不超过 300");
    expect(whenWords({ not: { entity_type: { ne: "company" } } })).toBe("不属于：类型不是公司、企业");
  });
});

describe("a fault", () => {
  const told = { field: "audience", path: "audience", message: "an empty list matches nothing" };
  test("is told in the words of the desk, with the name of the field", () => {
    const found = { ...told, rule: "condition_empty", values: { at: "any[0].vat_status" } };
    expect(faultWords(found)).toBe("增值税身份：至少选择一项");
    expect(faultWords({ ...told, rule: "length", values: { count: 1, least: 40, most: 400 } })).toContain(
      "1 字",
    );
  });
  test("of a rule that is not known here keeps its message", () => {
    expect(faultWords({ ...told, rule: "of tomorrow", values: {} })).toBe(told.message);
  });
  test("of a topic does not come up when its name is typed", () => {
    expect([topicCodeOf("印花税"), topicCodeOf("stamp"), topicCodeOf("新 ")]).toEqual([
      "stamp",
      "stamp",
      "新 ",
    ]);
  });
});

describe("what may be done", () => {
  const who = (...roles: string[]) => ({ id: "st_1", name: "", roles, offices: [] });
  const cases: [string, string, Parameters<typeof deedsOf>[1], string[]][] = [
    ["an editor", "editor", { live: "published", work: null }, ["edit", "verify"]],
    ["an editor", "editor", { live: "draft", work: "draft" }, ["edit", "submit", "discard"]],
    ["an editor", "editor", { live: "provisional", work: null }, ["edit", "submit", "verify"]],
    ["an editor", "editor", { live: "published", work: "scheduled" }, ["verify"]],
    ["a reviewer", "reviewer", { live: null, work: "in_review" }, ["approve", "return"]],
    ["a reviewer", "reviewer", { live: "provisional", work: "scheduled" }, ["return", "verify", "withdraw"]],
    ["a reviewer", "reviewer", { live: "withdrawn", work: null }, []],
    ["an auditor", "auditor", { live: "published", work: "in_review" }, []],
  ];

  test.each(cases)("by %s (%s) with %j", (_, role, entry, deeds) => {
    expect(deedsOf(who(role), entry)).toEqual(deeds);
  });
});

describe("words", () => {
  test("name a field and its parts", () => {
    expect(fieldOf("answer")).toBe("答案");
    expect(fieldOf("cases.0.when")).toBe("情形 1 · 条件");
    expect(fieldOf("en.aliases")).toBe("英文 · 问法");
  });
});

test("a moment is chosen in Beijing time, wherever the computer stands", () => {
  expect(momentIn("2026-12-01T09:00")).toBe("2026-12-01T01:00:00.000Z");
  expect(localOf(Date.parse("2026-11-30T17:30:00Z"))).toBe("2026-12-01T01:30");
});
