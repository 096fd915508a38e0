import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Problem } from "../src/core/api";
import { durationOf } from "../src/core/duration";
import { profileLines } from "../src/core/profile";
import { dayOf, daysUntil, momentOf, timeOf } from "../src/core/time";
import { wordsOf } from "../src/core/words";
import { texts } from "../src/texts/zh-Hans";

const NOW = Date.parse("2026-11-24T17:30:00Z"); // 01:30 of the 25th in Shanghai

describe("time in Asia/Shanghai", () => {
  test("the day changes at midnight there", () => {
    expect(dayOf(NOW)).toBe("2026-11-25");
    expect(timeOf(NOW)).toBe("01:30");
  });

  test.each([
    ["2026-11-24T17:05:00Z", "01:05"],
    ["2026-11-24T15:59:00Z", "11-24 23:59"],
    ["2025-12-31T02:00:00Z", "2025-12-31 10:00"],
  ])("%s is read as %s", (moment, words) => expect(momentOf(moment, NOW)).toBe(words));

  test.each([
    ["2026-11-25", 0],
    ["2026-11-26", 1],
    ["2026-11-24", -1],
    ["2027-01-15", 51],
  ])("to %s it is %i days", (date, days) => expect(daysUntil(date, NOW)).toBe(days));
});

test.each([
  [0, texts.duration.underMinute],
  [59, texts.duration.underMinute],
  [60, texts.duration.minutes(1)],
  [3_599, texts.duration.minutes(59)],
  [3_600, texts.duration.hours(1, 0)],
  [5_400, texts.duration.hours(1, 30)],
  [172_800, texts.duration.days(2)],
])("a duration of %i seconds", (seconds, words) => expect(durationOf(seconds)).toBe(words));

describe("a refusal", () => {
  const holder = { id: "st_2", name: "B" };
  test("names who holds it", () => {
    expect(wordsOf(new Problem(409, "already_claimed", "x", holder))).toContain("B");
    expect(wordsOf(new Problem(409, "not_holder", "x", holder))).toContain("B");
  });
  test("without a holder the consultation is over", () => {
    expect(wordsOf(new Problem(409, "already_claimed", "x"))).toBe(texts.problems.alreadyEnded);
  });
  test("that is not known never shows the server's English", () => {
    expect(wordsOf(new Problem(418, "teapot", "I am a teapot"))).toBe(texts.problems.other);
  });
});

test("a profile shows what is known, in order, with units, and nothing of unknown keys", () => {
  const lines = profileLines({
    tags: ["a", "b"],
    credit_grade: "M",
    entity_type: "company",
    annual_taxable_income: "1234567.50",
    employees: 3,
    secret: "x",
    industry: null,
  });
  expect(lines.map(([, value]) => value)).toEqual([
    texts.profile.values.company,
    texts.profile.grade("M"),
    texts.profile.people("3"),
    texts.profile.yuan("1,234,567.5"),
    ["a", "b"].join(texts.profile.join),
  ]);
});

test("no words for people stand outside the catalogue", () => {
  const root = join(import.meta.dirname, "../src");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  const speaking = files
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("texts"))
    .filter((file) => /\p{Script=Han}/u.test(readFileSync(join(root, file), "utf8")));
  expect(speaking).toEqual([]);
});
