import { describe, expect, it } from "vitest";
import type { Message } from "../src/core/contract";
import { langOf, partsOf, plainOf, sayable, wordsOf } from "../src/core/spoken";
import { texts as en } from "../src/texts/en";
import { texts } from "../src/texts/zh-Hans";
import { texts as hant } from "../src/texts/zh-Hant";

const NOW = Date.parse("2026-11-24T01:05:00Z");

describe("plain text", () => {
  it.each([
    ["**免征**增值税\n\n- 一\n- 二。", "免征增值税。 一。 二。"],
    ["## 条件\n看[公告](https://example.org/a)或 https://example.org/b", "条件。 看公告或 链接。"],
    ["| 税种 | 期限 |\n|---|---|\n| 增值税 | 15日 |", "税种 期限。 增值税 15日。"],
    ["1. 一\n   - 甲\n2. `二`", "一。 甲。 二。"],
    ["一行\n两行", "一行。 两行。"],
    ["a &lt; b", "a < b。"],
    ["", ""],
  ])("of %j", (markdown, plain) => expect(plainOf(markdown, texts)).toBe(plain));
});

describe("what a message says", () => {
  const message = (more: Partial<Message>): Message => ({
    seq: 1,
    at: "2026-11-24T01:00:00Z",
    sender: "bot",
    kind: "text",
    text: "请选",
    ...more,
  });

  it("holds the choices", () => {
    const choices = [
      { id: "a", label: "按月" },
      { id: "b", label: "按季" },
    ];
    expect(wordsOf(message({ choices }), NOW, texts)).toBe("请选。 可以选择：按月；按季。");
  });

  it("holds the due date of a card", () => {
    const card = { campaign: "c", due: "2026-11-27", actions: [{ id: "done", label: "Done" }] };
    expect(wordsOf(message({ card, text: "File." }), NOW, en)).toBe(
      "File. Due Friday, 27 November, 3 days left. You can choose: Done.",
    );
  });

  it("leaves an officer's words as they are", () =>
    expect(wordsOf(message({ sender: "officer", text: "5*3*2" }), NOW, texts)).toBe("5*3*2"));
});

describe("what is spoken", () => {
  it.each([
    ["财税〔2023〕12号", "财税2023年第12号"],
    ["国家税务总局公告（2023）第1号", "国家税务总局公告2023年第1号"],
    ["到2027-12-31止", "到2027年12月31日止"],
    ["见“公告”", "见公告"],
  ])("%s", (written, spoken) => expect(sayable(written, texts)).toBe(spoken));

  it("in English", () => expect(sayable("until 2027-12-31", en)).toBe("until 31 December 2027"));

  it("is cut after sentences, and hard only where it must be", () => {
    expect(partsOf("一。二！")).toEqual(["一。二！"]);
    expect(partsOf(`${"长".repeat(100)}。${"短".repeat(80)}。`)).toEqual([
      `${"长".repeat(100)}。`,
      `${"短".repeat(80)}。`,
    ]);
    const parts = partsOf("无".repeat(400));
    expect(parts.map((part) => part.length)).toEqual([160, 160, 80]);
    expect(partsOf(" \n")).toEqual([]);
  });
});

it.each([
  ["增值税", texts, "zh-Hans"],
  ["增值稅", hant, "zh-Hant"],
  ["增值税 VAT return", en, "zh-Hans"],
  ["VAT return", texts, "en"],
  ["123", hant, "zh-Hant"],
])("%s in %s", (text, catalogue, lang) => expect(langOf(text, catalogue)).toBe(lang));
