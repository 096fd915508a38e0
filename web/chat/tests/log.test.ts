import { describe, expect, it } from "vitest";
import type { Message } from "../src/core/contract";
import { answerTo, lastSeq, merge, newsFrom, ratingOf } from "../src/core/log";

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  seq,
  at: new Date(Date.UTC(2026, 10, 24, 1, 0, seq)).toISOString(),
  sender: "bot",
  kind: "text",
  text: `m${seq}`,
  ...more,
});

describe("merge", () => {
  it("appends what follows", () => {
    const log = merge([message(1)], [message(2), message(5)]);
    expect(log.map(({ seq }) => seq)).toEqual([1, 2, 5]);
    expect(lastSeq(log)).toBe(5);
  });

  it("takes each seq once, in order, whichever way they come", () => {
    const log = merge([message(2), message(4)], [message(3), message(2), message(1)]);
    expect(log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it("keeps the same array when a resume brings only what is known", () => {
    const log = [message(1), message(2)];
    expect(merge(log, [message(2), message(1)])).toBe(log);
    expect(merge(log, [])).toBe(log);
  });

  it("replaces a message that the server has added to", () => {
    const log = merge([message(1)], [message(1, { text: "" })]);
    expect(log).toHaveLength(1);
    expect(log[0]?.text).toBe("");
  });

  it("starts a resume at 0 when nothing is held", () => expect(lastSeq([])).toBe(0));
});

describe("answers", () => {
  const log = [
    message(1, { choices: [{ id: "a", label: "A" }] }),
    message(2, { meta: { answered: "done" } }),
    message(3, { sender: "taxpayer", meta: { input: { type: "choice", ref_seq: 1, id: "a" } } }),
    message(4, { sender: "taxpayer", meta: { input: { type: "card", ref_seq: 9, action: "later" } } }),
    message(5, {
      sender: "taxpayer",
      meta: { input: { type: "rating", consultation_id: "cs_1", score: 4 } },
    }),
  ];

  it.each([
    [1, "a"],
    [2, "done"],
    [9, "later"],
    [3, undefined],
  ])("message %i was answered with %s", (seq, answer) => expect(answerTo(log, seq)).toBe(answer));

  it("knows the score of a consultation", () => {
    expect(ratingOf(log, "cs_1")).toBe(4);
    expect(ratingOf(log, "cs_2")).toBeUndefined();
  });
});

describe("newsFrom", () => {
  it("begins after the taxpayer's last message", () =>
    expect(newsFrom([message(1), message(2, { sender: "taxpayer" }), message(3), message(4)], 0)).toBe(3));

  it("does not go back before what just came", () => expect(newsFrom([message(1), message(2)], 2)).toBe(2));

  it("leaves out what was said more than a minute earlier", () =>
    expect(newsFrom([message(1, { at: "2026-11-24T00:00:00Z" }), message(2)], 0)).toBe(2));

  it("finds none when the taxpayer spoke last", () =>
    expect(newsFrom([message(1), message(2, { sender: "taxpayer" })], 0)).toBe(0));
});
