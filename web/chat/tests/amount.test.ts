import { describe, expect, it } from "vitest";
import { grouped, readAmount, readDay } from "../src/core/amount";

describe("readAmount", () => {
  it.each([
    ["0", "0"],
    ["1,234.50 元", "1234.50"],
    ["１２００", "1200"],
    ["1.2万", "12000"],
    ["3千", "3000"],
    ["1.23456万", "12345.6"],
    ["0.1亿元", "10000000"],
    ["¥ 500", "500"],
    ["-5", "-5"],
  ])("reads %s", (typed, decimal) => expect(readAmount(typed)).toBe(decimal));

  it.each(["三千五", "一万二", "", "12元3角", "1.2.3", "不知道"])("leaves %s to the server", (typed) =>
    expect(readAmount(typed)).toBeUndefined(),
  );
});

it("groups thousands", () => {
  expect(grouped("1234567.5")).toBe("1,234,567.5");
  expect(grouped("999")).toBe("999");
});

describe("readDay", () => {
  it.each([
    ["2026-11-05", "2026-11-05"],
    ["2026/11/5", "2026-11-05"],
    ["2026年11月5日", "2026-11-05"],
    ["20261105", "2026-11-05"],
    ["昨天", "昨天"],
    ["2026-11", "2026-11"],
  ])("reads the day %s", (typed, day) => expect(readDay(typed, "date")).toBe(day));

  it.each([
    ["2026-11", "2026-11"],
    ["2026年1月", "2026-01"],
    ["202611", "2026-11"],
    ["上个月", "上个月"],
  ])("reads the month %s", (typed, month) => expect(readDay(typed, "month")).toBe(month));
});
