import { describe, expect, it } from "vitest";
import { decide, type Kinds } from "../src/core/conditions";

const KINDS: Kinds = {
  employees: "number",
  total_assets: "number",
  registered_on: "date",
  tags: "tags",
};
const SMALL = { vat_status: "small_scale" };
const unknown = undefined;

/** The cases of tests/core/conditions/test_evaluation.py, as far as JSON can say them. */
describe("decide", () => {
  it.each([
    [{}, {}, true, undefined],
    [SMALL, { vat_status: "small_scale" }, true, undefined],
    [SMALL, { vat_status: "general" }, false, undefined],
    [SMALL, {}, unknown, "vat_status"],
    [SMALL, { vat_status: null }, unknown, "vat_status"],
    [{ credit_grade: ["A", "B"] }, { credit_grade: "B" }, true, undefined],
    [{ credit_grade: ["A", "B"] }, { credit_grade: "C" }, false, undefined],
    [{ employees: { lte: 300 } }, { employees: 300 }, true, undefined],
    [{ employees: { lt: 300 } }, { employees: 300 }, false, undefined],
    [{ employees: { gte: 10, lt: 20 } }, { employees: 20 }, false, undefined],
    [{ employees: { ne: 3 } }, { employees: 3 }, false, undefined],
    [{ employees: 1 }, { employees: true }, unknown, "employees"],
    [{ registered_on: { gte: "2026-01-01" } }, { registered_on: "2026-01-01" }, true, undefined],
    [{ registered_on: { lt: "2026-01-01" } }, { registered_on: "2026-01-01" }, false, undefined],
    [{ tags: "exporter" }, { tags: ["exporter", "new"] }, true, undefined],
    [{ tags: ["a", "b"] }, { tags: ["b"] }, true, undefined],
    [{ tags: "exporter" }, { tags: [] }, false, undefined],
    [{ tags: { ne: "exporter" } }, { tags: [] }, true, undefined],
    [{ tags: "exporter" }, { tags: "exporter" }, unknown, "tags"],
    [{ ...SMALL, employees: 1 }, { vat_status: "general" }, false, undefined],
    [{ ...SMALL, employees: 1 }, { vat_status: "small_scale" }, unknown, "employees"],
    [{ any: [SMALL, { employees: 1 }] }, { employees: 1 }, true, undefined],
    [{ any: [SMALL, { employees: 1 }] }, { employees: 2 }, unknown, "vat_status"],
    [{ any: [SMALL, { employees: 1 }] }, { vat_status: "general" }, unknown, "employees"],
    [{ not: SMALL }, {}, unknown, "vat_status"],
    [{ not: SMALL }, { vat_status: "general" }, true, undefined],
  ])("%j of %j is %s", (condition, facts, value, missing) => {
    const verdict = decide(condition, facts as Record<string, unknown>, KINDS);
    expect([verdict.value, verdict.missing]).toEqual([value, missing]);
  });

  it("reads what controls give: amounts as text, months, yes and no", () => {
    expect(decide({ employees: { gt: 9 } }, { employees: "10" }, KINDS).value).toBe(true);
    expect(decide({ registered_on: { lt: "2026-06-01" } }, { registered_on: "2026-05" }, KINDS).value).toBe(
      true,
    );
    expect(decide({ paid: true }, { paid: "yes" }).value).toBe(true);
    expect(decide({ paid: true }, { paid: false }).value).toBe(false);
    expect(decide({ paid: "unknown" }, { paid: "unknown" }).value).toBe(true);
  });

  it("asks without a condition", () => {
    expect(decide(undefined, {}).value).toBe(true);
  });
});
