import { describe, expect, it } from "vitest";
import type { History, Message } from "../src/core/contract";
import { chaptersOf, excerptOf, hitsIn, isCut, NO_PAGES, withPage } from "../src/core/history";

const said = (seq: number, consultation_id: string | null, text = `t${seq}`): Message => ({
  seq,
  at: "2026-11-24T01:00:00Z",
  sender: "bot",
  kind: "text",
  text,
  consultation_id,
});
const consultation = (id: string) => ({ id, opened_at: "2026-11-24T01:00:00Z", question: id });
const page = (messages: Message[], ids: string[], next_before: number | null = null): History => ({
  messages,
  consultations: ids.map(consultation),
  next_before,
});

describe("pages", () => {
  const newest = withPage(NO_PAGES, page([said(6, "b"), said(5, null), said(4, "a")], ["b", "a"], 4));

  it("become chapters, the latest first, each in the order it was said", () => {
    const all = withPage(newest, page([said(3, "a"), said(2, "a"), said(1, null)], ["a"]));
    expect(
      chaptersOf(all).map(({ consultation: of, messages }) => [of?.id, messages.map((m) => m.seq)]),
    ).toEqual([
      ["b", [6]],
      [undefined, [5]],
      ["a", [2, 3, 4]],
      [undefined, [1]],
    ]);
    expect(all.consultations.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(all.next).toBeUndefined();
  });

  it("keep a chapter's key while older pages add to it", () => {
    const before = chaptersOf(newest).map(({ key }) => key);
    const more = withPage(newest, page([said(3, "a")], ["a"]));
    expect(chaptersOf(more).map(({ key }) => key)).toEqual(before);
  });

  it("know that the last chapter may go on", () => {
    const chapters = chaptersOf(newest);
    expect(chapters.map((chapter) => isCut(chapter, chapters, newest))).toEqual([false, false, true]);
  });

  it("leave out what shows nothing", () =>
    expect(chaptersOf(withPage(NO_PAGES, page([said(1, null, " ")], [])))).toEqual([]));
});

describe("hits", () => {
  it.each([
    ["免征增值税，增值税法", "增值税", ["免征", "增值税", "，", "增值税", "法"]],
    ["VAT and vat", "vat", ["", "VAT", " and ", "vat", ""]],
    ["a.b", ".", ["a", ".", "b"]],
    ["nothing", "x", ["nothing"]],
    ["İİ x", "x", ["İİ x"]],
    ["all", "", ["all"]],
  ])("%j by %j", (text, words, parts) => expect(hitsIn(text, words)).toEqual(parts));

  it("stand in an excerpt, with what is around", () => {
    const excerpt = excerptOf(`${"前".repeat(100)}发票${"后".repeat(100)}`, "发票");
    expect(excerpt).toBe(`…${"前".repeat(40)}发票${"后".repeat(80)}…`);
    expect(excerptOf("发票", "发票")).toBe("发票");
  });
});
