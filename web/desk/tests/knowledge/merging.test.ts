import { describe, expect, test } from "vitest";
import { EMPTY } from "../../src/knowledge/core/content";
import type { Conflict } from "../../src/knowledge/core/contract";
import { changedFields, resolved } from "../../src/knowledge/core/merging";

const base = { ...EMPTY, question: "问题", answer: "旧答案", aliases: ["问法一"], topic: "stamp" };
const theirs = { ...base, answer: "对方的答案", aliases: ["问法一", "问法二"] };
const yours = { ...base, answer: "我的答案", question: "新问题" };
const conflict: Conflict = {
  head_version: 4,
  kept_as: 5,
  base,
  theirs: {
    version: 4,
    author: { id: "st_2", name: "编辑 2 号" },
    at: "2026-11-24T02:00:00Z",
    note: "",
    content: theirs,
  },
  yours,
  merged: { ...theirs, answer: "我的答案", question: "新问题" },
  conflicts: ["answer"],
};

describe("two edits of one entry", () => {
  test("tell what both changed and what one of them did", () => {
    expect(changedFields(conflict)).toEqual([
      { field: "question", kind: "yours" },
      { field: "aliases", kind: "theirs" },
      { field: "answer", kind: "conflict" },
    ]);
  });

  test("go on with yours where nothing is chosen, and keep what they alone changed", () => {
    expect(resolved(conflict, {})).toEqual({ ...theirs, answer: "我的答案", question: "新问题" });
  });

  test("take theirs where that is chosen, and only there", () => {
    expect(resolved(conflict, { answer: "theirs", question: "theirs" })).toEqual({
      ...theirs,
      question: "新问题",
    });
  });
});
