import { describe, expect, it } from "vitest";
import type { Message } from "../src/core/contract";
import type { Unsent } from "../src/core/outbox";
import { rowsOf } from "../src/core/rows";

const message = (seq: number, at: string, more: Partial<Message> = {}): Message => ({
  seq,
  at,
  sender: "bot",
  kind: "text",
  text: "x",
  ...more,
});
const unsent = (more: Partial<Unsent>): Unsent => ({
  id: "u1",
  body: { text: "t" },
  label: "t",
  at: "2026-11-24T02:00:00Z",
  state: "sending",
  ...more,
});

describe("rowsOf", () => {
  it("parts days at midnight in Shanghai", () => {
    const rows = rowsOf([message(1, "2026-11-23T15:59:00Z"), message(2, "2026-11-23T16:00:00Z")], [], 0);
    expect(rows.map((row) => row.type)).toEqual(["day", "message", "day", "message"]);
  });

  it("shows one notice for a stretch that was erased", () => {
    const at = "2026-11-24T01:00:00Z";
    const gone = { kind: "notice", text: "gone", meta: { erased: true } };
    const log = [message(1, at, gone), message(2, at, gone), message(3, at), message(4, at, gone)];
    const shown = rowsOf(log, [], 0).flatMap((row) => (row.type === "message" ? [row.message.seq] : []));
    expect(shown).toEqual([1, 3, 4]);
  });

  it("names a speaker once for what is said together", () => {
    const rows = rowsOf(
      [
        message(1, "2026-11-24T01:00:00Z"),
        message(2, "2026-11-24T01:01:00Z"),
        message(3, "2026-11-24T01:01:10Z", { sender: "officer" }),
        message(4, "2026-11-24T01:09:00Z", { sender: "officer" }),
      ],
      [],
      0,
    );
    expect(rows.flatMap((row) => (row.type === "message" ? [row.first] : []))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it("puts the unread mark before the first unread message, once", () => {
    const log = [1, 2, 3].map((seq) => message(seq, "2026-11-24T01:00:00Z"));
    const types = rowsOf(log, [], 2).map((row) => row.type);
    expect(types).toEqual(["day", "message", "unread", "message", "message"]);
  });

  it("shows nothing for an input that leaves no words", () =>
    expect(rowsOf([message(1, "2026-11-24T01:00:00Z", { sender: "taxpayer", text: "" })], [], 0)).toEqual(
      [],
    ));

  it("leaves a rating to the survey that it answers", () =>
    expect(
      rowsOf([message(1, "2026-11-24T01:00:00Z", { sender: "taxpayer", kind: "rating" })], [], 0),
    ).toEqual([]));

  it("gives a message the same key before and after it is in the log", () => {
    const before = rowsOf([], [unsent({})], 0);
    const after = rowsOf([message(1, "2026-11-24T02:00:00Z", { client_message_id: "u1" })], [], 0);
    expect(before.map((row) => row.key)).toEqual(after.map((row) => row.key));
  });

  it("hides a vote on its way, and shows it when it was refused", () => {
    expect(rowsOf([], [unsent({ label: null })], 0)).toEqual([]);
    expect(rowsOf([], [unsent({ label: null, state: "refused" })], 0)).toHaveLength(2);
  });
});
