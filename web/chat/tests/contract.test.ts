import { expect, test } from "vitest";
import { givesEntry } from "../src/core/contract";

test("an entry is given by an answer, and by word of another office", () => {
  expect(givesEntry({ kind: "answer", entry_id: "T01-01" })).toBe(true);
  expect(givesEntry({ kind: "handoff", entry_id: "N01-01" })).toBe(true);
});

test("an offer of a person, choices and talk give none", () => {
  expect(givesEntry({ kind: "handoff", entry_id: null })).toBe(false);
  expect(givesEntry({ kind: "handoff" })).toBe(false);
  expect(givesEntry({ kind: "clarify", entry_id: "T01-01" })).toBe(false);
});
