import { expect, test } from "vitest";
import { attemptsOf } from "../src/core/attempts";
import type { Context } from "../src/core/contract";

test("asking for a person is no try of the robot", () => {
  const at = "2026-11-24T02:00:00Z";
  const answered = { at, question: "a", decision: "answer", entry_id: "T04-01", candidates: [] };
  const weighed = { at, question: "b", decision: null, candidates: [{ entry_id: "T04-02" }] };
  const asked = { at, question: "c", decision: null, candidates: [] };
  const context = { attempts: [answered, weighed, asked] } as unknown as Context;
  expect(attemptsOf(context)).toEqual([answered, weighed]);
  expect(attemptsOf({} as Context)).toEqual([]);
});
