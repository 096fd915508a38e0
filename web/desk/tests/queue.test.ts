import { describe, expect, test } from "vitest";
import type { Detail, Row, Staff } from "../src/core/contract";
import {
  endedBy,
  hasConsultations,
  inOrder,
  isFull,
  isLate,
  lateOnes,
  nextOne,
  replyIsLate,
  secondsSince,
  serves,
  standing,
} from "../src/core/queue";

const NOW = Date.parse("2026-11-24T02:00:00Z");
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

function row(id: string, more: Partial<Row> = {}): Row {
  return {
    consultation_id: id,
    conversation_id: `cv_${id}`,
    queue: "officer",
    tier: "officer",
    owner: "officer_queue",
    state: "waiting",
    waiting_since: ago(60),
    deadline_at: ago(-60),
    reason: "asked_for_person",
    question: "?",
    priority: 0,
    taxpayer: { name: "x", assurance: "account" },
    ...more,
  };
}

const officer: Staff = { id: "st_1", name: "A", roles: ["officer"], offices: [] };
const expert: Staff = { id: "st_2", name: "B", roles: ["expert"], offices: [] };
const auditor: Staff = { id: "st_3", name: "C", roles: ["auditor"], offices: [] };
const nobody = () => null;

test.each([
  [4, 5, officer, false],
  [5, 5, officer, true],
  [6, 5, officer, true],
  [9, null, officer, false],
  [5, 5, { ...officer, roles: ["shift_leader"] }, false],
])("%i in hand of %s at most", (inHand, capacity, staff, full) =>
  expect(isFull(inHand, capacity, staff)).toBe(full),
);

describe("the order of the queue", () => {
  test("is priority first, then who waits longest, then the id", () => {
    const rows = [
      row("late-comer", { waiting_since: ago(10) }),
      row("b", { waiting_since: ago(90) }),
      row("a", { waiting_since: ago(90) }),
      row("given-back", { waiting_since: ago(1), priority: 100 }),
    ];
    expect(inOrder(rows).map((each) => each.consultation_id)).toEqual(["given-back", "a", "b", "late-comer"]);
  });

  test("does not touch what it was given", () => {
    const rows = [row("b", { waiting_since: ago(1) }), row("a", { waiting_since: ago(2) })];
    inOrder(rows);
    expect(rows[0]?.consultation_id).toBe("b");
  });
});

describe("lateness", () => {
  test.each([
    ["before the deadline", row("x", { deadline_at: ago(-1) }), false],
    ["past the deadline", row("x", { deadline_at: ago(1) }), true],
    ["without a deadline", row("x", { deadline_at: null }), false],
    ["past it, but in hand", row("x", { deadline_at: ago(1), state: "held" }), false],
  ])("%s", (_, given, late) => expect(isLate(given, NOW)).toBe(late));

  test("of a reply begins after three minutes", () => {
    expect(replyIsLate(null, NOW)).toBe(false);
    expect(replyIsLate(ago(179), NOW)).toBe(false);
    expect(replyIsLate(ago(180), NOW)).toBe(true);
  });

  test("a server's clock ahead of ours gives no negative wait", () => {
    expect(secondsSince(ago(-30), NOW)).toBe(0);
    expect(secondsSince(ago(30), NOW)).toBe(30);
  });

  test("the alarm counts only those whom one may take, in order", () => {
    const rows = [
      row("young", { deadline_at: ago(1), waiting_since: ago(200) }),
      row("old", { deadline_at: ago(100), waiting_since: ago(300) }),
      row("in-time"),
      row("experts", { deadline_at: ago(1), tier: "expert" }),
    ];
    expect(lateOnes(rows, officer, NOW).map((each) => each.consultation_id)).toEqual(["old", "young"]);
  });
});

describe("who is next", () => {
  const mine = [row("m1", { state: "held" }), row("m2", { state: "held" })];
  const waiting = [row("w1", { waiting_since: ago(5) }), row("w2", { waiting_since: ago(50) })];

  test("of mine who waits longest for a reply", () => {
    const since: Record<string, string> = { m1: ago(10), m2: ago(20) };
    expect(nextOne(mine, waiting, officer, null, (id) => since[id] ?? null)).toBe("m2");
  });

  test("else the first in line", () => expect(nextOne(mine, waiting, officer, "m1", nobody)).toBe("w2"));

  test("the open one is passed over", () => {
    expect(nextOne([], waiting, officer, "w2", nobody)).toBe("w1");
    expect(nextOne(mine, [], officer, "m1", (id) => (id === "m1" ? ago(99) : null))).toBe("m2");
  });

  test("nobody of another tier", () => expect(nextOne([], waiting, expert, null, nobody)).toBeNull());

  test("goes round my own when nothing else is there", () => {
    const three = [...mine, row("m3", { state: "held" })];
    expect(nextOne(three, [], officer, "m1", nobody)).toBe("m2");
    expect(nextOne(three, [], officer, "m3", nobody)).toBe("m1");
    expect(nextOne(three.slice(0, 1), [], officer, "m1", nobody)).toBeNull();
  });
});

describe("what one can do", () => {
  test.each([
    ["waiting, my tier", row("x"), officer, "waiting"],
    ["waiting, another tier", row("x"), expert, "not_my_tier"],
    ["a role that only reads", row("x"), auditor, "not_my_tier"],
    ["held by me", row("x", { state: "held", holder: { id: "st_1", name: "A" } }), officer, "mine"],
    ["held by another", row("x", { state: "held", holder: { id: "st_9", name: "Z" } }), officer, "others"],
    ["ended", row("x", { state: "done" }), officer, "done"],
  ])("%s", (_, given, staff, wanted) => expect(standing(given, staff)).toBe(wanted));

  test("a desk is for those who serve or watch over it", () => {
    expect([officer, expert, auditor].every(hasConsultations)).toBe(true);
    expect(hasConsultations({ ...officer, roles: ["editor", "campaign_operator"] })).toBe(false);
  });

  test("a shift leader serves the officers' tier", () => {
    expect(serves({ ...officer, roles: ["shift_leader"] }, "officer")).toBe(true);
    expect(serves({ ...officer, roles: ["shift_leader"] }, "expert")).toBe(false);
  });
});

describe("an end that was not ours", () => {
  const seen = (state: Row["state"]) =>
    ({ ...row("x", { state }), context: {}, messages: [] }) as unknown as Detail;
  const done = row("x", { state: "done" });
  test.each([
    ["left the queue", seen("waiting"), done, false, "left"],
    ["ended it while in hand", seen("held"), done, false, "ended"],
    ["closed by me", seen("held"), done, true, undefined],
    ["was over already", seen("done"), done, false, undefined],
    ["not seen before", undefined, done, false, undefined],
    ["goes on", seen("waiting"), row("x", { state: "held" }), false, undefined],
  ])("%s", (_, was, is, byMe, wanted) => expect(endedBy(was, is, byMe)).toBe(wanted));
});
