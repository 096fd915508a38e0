import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refused, Unreachable } from "../src/core/api";
import type { Message, Outgoing } from "../src/core/contract";
import { Outbox, pauseAfter, type Unsent } from "../src/core/outbox";
import type { Store } from "../src/core/storage";

const AT = "2026-11-24T01:00:00Z";
const refusal = (status: number, retryAfter?: number) =>
  new Refused({ status, code: "x", detail: "", ...(retryAfter ? { retryAfter } : {}) });

function memory(): Store {
  const kept = new Map<string, string>();
  return {
    get: <T>(key: string) => (kept.has(key) ? (JSON.parse(kept.get(key) as string) as T) : undefined),
    set: (key, value) => void kept.set(key, JSON.stringify(value)),
    remove: (key) => void kept.delete(key),
  };
}

/** An outbox whose server answers as `answers` say, in order; the last answer holds for the rest. */
function setUp(store = memory(), ...answers: (number | Error)[]) {
  const sent: { id: string; body: Outgoing }[] = [];
  const signedOut = vi.fn();
  let items: readonly Unsent[] = [];
  const outbox = new Outbox(
    {
      send: async (id, body) => {
        sent.push({ id, body });
        const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? 1;
        if (answer instanceof Error) throw answer;
        return { seq: answer };
      },
      signedOut,
      changed: (list) => {
        items = list;
      },
    },
    store,
  );
  return { outbox, sent, signedOut, states: () => items.map((item) => item.state) };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("sending", () => {
  it("waits for a session", async () => {
    const { outbox, sent, states } = setUp();
    outbox.add("a", { text: "1" }, "1", AT);
    await settled();
    expect(sent).toEqual([]);
    expect(states()).toEqual(["waiting"]);
    outbox.resume();
    await settled();
    expect(states()).toEqual(["sent"]);
  });

  it("sends one after the other, in the order they were written", async () => {
    const { outbox, sent } = setUp(memory(), 1, 2);
    outbox.resume();
    outbox.add("a", { text: "1" }, "1", AT);
    outbox.add("b", { text: "2" }, "2", AT);
    expect(sent.map(({ id }) => id)).toEqual(["a"]);
    await settled();
    expect(sent.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("sends again under the same id when the server was not reached", async () => {
    const { outbox, sent, states } = setUp(memory(), new Unreachable(), new Unreachable(), 7);
    outbox.resume();
    outbox.add("a", { text: "1" }, "1", AT);
    await settled();
    expect(states()).toEqual(["waiting"]);
    await vi.advanceTimersByTimeAsync(pauseAfter(0));
    expect(sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(pauseAfter(1));
    expect(sent.map(({ id }) => id)).toEqual(["a", "a", "a"]);
    expect(states()).toEqual(["sent"]);
  });

  it("sends at once when the connection is back", async () => {
    const { outbox, sent } = setUp(memory(), new Unreachable(), 7);
    outbox.resume();
    outbox.add("a", { text: "1" }, "1", AT);
    await settled();
    outbox.resume();
    await settled();
    expect(sent).toHaveLength(2);
  });

  it("waits as long as the server asks", async () => {
    const { outbox, sent } = setUp(memory(), refusal(429, 12), 7);
    outbox.resume();
    outbox.add("a", { text: "1" }, "1", AT);
    await vi.advanceTimersByTimeAsync(11_900);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toHaveLength(2);
  });

  it("never waits longer than half a minute", () => expect(pauseAfter(20)).toBe(30_000));
});

describe("refusals", () => {
  it("marks what the server does not take, and goes on with the next", async () => {
    const { outbox, states } = setUp(memory(), refusal(422), 8);
    outbox.resume();
    outbox.add("a", { text: "1" }, "1", AT);
    outbox.add("b", { text: "2" }, "2", AT);
    await settled();
    expect(states()).toEqual(["refused", "sent"]);
  });

  it("sends a refused message again as a new one", async () => {
    const { outbox, sent, states } = setUp(memory(), refusal(409), 8);
    outbox.resume();
    outbox.add("a", { text: "1" }, "1", AT);
    await settled();
    outbox.retry("a");
    await settled();
    expect(sent[1]?.id).not.toBe("a");
    expect(states()).toEqual(["sent"]);
  });

  it("keeps everything when the session has ended", async () => {
    const { outbox, sent, signedOut, states } = setUp(memory(), refusal(401), 8);
    outbox.resume();
    outbox.add("a", { text: "1" }, "1", AT);
    await settled();
    expect(signedOut).toHaveBeenCalledOnce();
    expect(states()).toEqual(["waiting"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    outbox.resume();
    await settled();
    expect(sent.map(({ id }) => id)).toEqual(["a", "a"]);
  });
});

describe("what is kept", () => {
  it("survives a reload and goes out under the same id", async () => {
    const store = memory();
    const first = setUp(store, new Unreachable());
    first.outbox.resume();
    first.outbox.add("a", { text: "1" }, "1", AT);
    await settled();
    const second = setUp(store, 3);
    expect(second.outbox.items.map(({ id, state }) => [id, state])).toEqual([["a", "waiting"]]);
    second.outbox.resume();
    await settled();
    expect(second.sent).toEqual([{ id: "a", body: { text: "1" } }]);
  });

  it("takes a message cut off by the reload for not sent", async () => {
    const store = memory();
    store.set("outbox", [{ id: "a", body: { text: "1" }, label: "1", at: AT, state: "sending" }]);
    expect(setUp(store).outbox.items[0]?.state).toBe("waiting");
  });

  it("drops what the log holds, by id or by seq", async () => {
    const { outbox } = setUp(memory(), 4, 5);
    outbox.resume();
    outbox.add("a", { text: "1" }, "1", AT);
    outbox.add("v", { input: { type: "vote", ref_seq: 1, useful: true } }, null, AT);
    await settled();
    const echo: Message = {
      seq: 4,
      at: AT,
      sender: "taxpayer",
      kind: "text",
      text: "1",
      client_message_id: "a",
    };
    outbox.settle([echo], 4);
    expect(outbox.items.map(({ id }) => id)).toEqual(["v"]);
    outbox.settle([], 6);
    expect(outbox.items).toEqual([]);
  });

  it("carries only texts into another conversation", async () => {
    const { outbox } = setUp();
    outbox.add("a", { text: "1" }, "1", AT);
    outbox.add("c", { input: { type: "choice", ref_seq: 3, id: "x" } }, "x", AT);
    outbox.keepOnlyTexts();
    expect(outbox.items.map(({ id }) => id)).toEqual(["a"]);
  });
});
