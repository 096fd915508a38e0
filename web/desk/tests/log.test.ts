import { describe, expect, test } from "vitest";
import type { Message } from "../src/core/contract";
import { answersOf, merge, type Outgoing, remaining, unansweredSince } from "../src/core/log";

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  seq,
  at: `2026-11-24T02:00:0${seq}Z`,
  sender: "taxpayer",
  kind: "text",
  text: `m${seq}`,
  ...more,
});
const seqs = (log: readonly Message[]) => log.map((each) => each.seq);

describe("merging the log", () => {
  test("orders by seq, each once", () => {
    const log = merge([message(1), message(3)], [message(3), message(2), message(4)]);
    expect(seqs(log)).toEqual([1, 2, 3, 4]);
  });

  test("what comes again replaces what was known", () => {
    expect(merge([message(1)], [message(1, { text: "" })])[0]?.text).toBe("");
  });

  test("nothing new is the same log", () => {
    const log = [message(1)];
    expect(merge(log, [])).toBe(log);
  });
});

describe("what was sent", () => {
  const out = (id: string, more: Partial<Outgoing> = {}): Outgoing => ({
    client_message_id: id,
    text: "t",
    files: [],
    at: "2026-11-24T02:00:00Z",
    state: "sending",
    ...more,
  });

  test("goes when the log has its id or its seq", () => {
    const log = [message(1, { client_message_id: "a" }), message(2)];
    const left = remaining([out("a"), out("b", { seq: 2 }), out("c", { seq: 9 }), out("d")], log);
    expect(left.map((each) => each.client_message_id)).toEqual(["c", "d"]);
  });

  test("stays the same list when nothing goes", () => {
    const all = [out("a")];
    expect(remaining(all, [message(1)])).toBe(all);
  });
});

describe("since when a reply is due", () => {
  const officer = (seq: number) => message(seq, { sender: "officer" });
  const filled = (seq: number, type: string) => message(seq, { meta: { input: { type } } });
  test.each([
    ["empty", [], null],
    ["the first of several questions", [officer(1), message(2), message(3)], message(2).at],
    ["answered", [message(1), officer(2)], null],
    ["the robot's answer does not count", [message(1), message(2, { sender: "bot" })], message(1).at],
    ["an expert's does", [message(1), message(2, { sender: "expert" })], null],
    ["a photo waits for a reply", [officer(1), message(2, { kind: "file" })], message(2).at],
    ["what goes to a flow does not", [officer(1), filled(2, "flow_field"), filled(3, "flow_action")], null],
    ["a rating is no question", [officer(1), message(2, { kind: "rating" })], null],
  ])("%s", (_, log, since) => expect(unansweredSince(log)).toBe(since));
});

describe("the answer to a choice or a card", () => {
  const input = (seq: number, given: object) => message(seq, { meta: { input: given as { type: string } } });
  test("is found by the message it refers to", () => {
    const log = [
      message(1),
      input(2, { type: "choice", ref_seq: 1, id: "yes" }),
      input(4, { type: "card", ref_seq: 3, action: "done" }),
      input(6, { type: "vote", ref_seq: 5, useful: true }),
    ];
    expect([...answersOf(log)]).toEqual([
      [1, "yes"],
      [3, "done"],
    ]);
  });
});
