import { describe, expect, it } from "vitest";
import type { Source } from "../src/core/contract";
import {
  dateLabel,
  dayLabel,
  dayOf,
  daysUntil,
  dueOf,
  openingLabel,
  timeOf,
  validityOf,
  waitLabel,
} from "../src/core/format";
import { loadTexts } from "../src/texts";
import { texts as en } from "../src/texts/en";
import { texts } from "../src/texts/zh-Hans";

/** 2026-11-24 09:05 in Shanghai, a Tuesday. */
const NOW = Date.parse("2026-11-24T01:05:00Z");

describe("days and hours are Shanghai's, wherever the device is", () => {
  it("counts the day from midnight there", () => {
    expect(dayOf(Date.parse("2026-11-23T15:59:59Z"))).toBe("2026-11-23");
    expect(dayOf(Date.parse("2026-11-23T16:00:00Z"))).toBe("2026-11-24");
    expect(timeOf(NOW)).toBe("09:05");
  });

  it.each([
    ["2026-11-24T00:00:00Z", "今天"],
    ["2026-11-22T16:30:00Z", "昨天"],
    ["2026-11-20T02:00:00Z", "11月20日 星期五"],
    ["2025-12-31T02:00:00Z", "2025年12月31日"],
  ])("%s is headed %s", (at, label) => expect(dayLabel(texts, Date.parse(at), NOW)).toBe(label));

  it("writes an ISO date with its weekday", () =>
    expect(dateLabel(texts, "2026-12-15", NOW)).toBe("12月15日 星期二"));

  it("says when the desk opens", () => {
    expect(openingLabel(texts, Date.parse("2026-11-24T06:00:00Z"), NOW)).toBe("今天 14:00");
    expect(openingLabel(texts, Date.parse("2026-11-25T01:00:00Z"), NOW)).toBe("11月25日 星期三 09:00");
  });
});

describe("due dates", () => {
  it("counts whole days, also late in the evening", () =>
    expect(daysUntil("2026-11-25", Date.parse("2026-11-24T15:59:00Z"))).toBe(1));

  it.each([
    ["2026-12-15", "还有 21 天", "calm"],
    ["2026-11-27", "还有 3 天", "soon"],
    ["2026-11-25", "明天截止", "soon"],
    ["2026-11-24", "今天截止", "late"],
    ["2026-11-22", "已过期 2 天", "late"],
  ])("%s: %s", (date, left, urgency) => expect(dueOf(texts, date, NOW)).toMatchObject({ left, urgency }));
});

describe("waiting", () => {
  it.each([
    [0, "不到 1 分钟"],
    [59, "不到 1 分钟"],
    [240, "约 4 分钟"],
    [7200, "约 2 小时"],
  ])("%i s: %s", (seconds, label) => expect(waitLabel(texts, seconds)).toBe(label));
});

describe("validity", () => {
  const source = (from: string | null, to: string | null): Source => ({
    document: "d",
    effective_from: from,
    effective_to: to,
  });

  it.each([
    ["2023-01-01", "2027-12-31", "current", "有效期至 2027-12-31（含当日）"],
    ["2023-01-01", "2026-11-24", "current", "有效期至 2026-11-24（含当日）"],
    ["2019-01-01", "2026-11-23", "expired", "已失效（2026-11-23 后不再执行）"],
    ["2026-11-25", null, "future", "尚未施行，自 2026-11-25 起生效"],
    ["2015-01-01", null, "current", "现行有效，自 2015-01-01 起施行"],
    [null, null, "current", "现行有效"],
  ])("from %s to %s is %s", (from, to, state, text) =>
    expect(validityOf(texts, source(from, to), NOW)).toEqual({ state, text }),
  );
});

describe("in English", () => {
  it.each([
    [dayLabel(en, Date.parse("2026-11-20T02:00:00Z"), NOW), "Friday, 20 November"],
    [dayLabel(en, Date.parse("2025-12-31T02:00:00Z"), NOW), "31 December 2025"],
    [openingLabel(en, Date.parse("2026-11-24T06:00:00Z"), NOW), "Today 14:00"],
    [dueOf(en, "2026-11-27", NOW).left, "3 days left"],
    [dueOf(en, "2026-11-23", NOW).left, "1 day overdue"],
    [waitLabel(en, 60), "about 1 minute"],
  ])("%s", (said, expected) => expect(said).toBe(expected));
});

it("speaks each language by its own catalogue", async () => {
  expect((await loadTexts("zh-Hant")).head.service).toBe("在線導辦");
  expect((await loadTexts("en")).locale).toBe("en");
  expect(await loadTexts("zh-Hans")).toBe(texts);
});
