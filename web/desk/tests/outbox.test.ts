import { beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../src/core/api";
import type { Detail } from "../src/core/contract";
import { newId, Outbox } from "../src/core/outbox";
import { type Chat, Store } from "../src/core/state";

const ID = "cs_1";
let store: Store;
let reply: ReturnType<typeof vi.fn<(id: string, own: string, text: string) => Promise<{ seq: number }>>>;
let outbox: Outbox;
const refresh = vi.fn();
const offline = () => Promise.reject(new Problem(0, "network", "no answer"));
const outgoing = () => store.get().chats[ID]?.outgoing ?? [];
const settle = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  store = new Store();
  const chat: Chat = { detail: {} as Detail, messages: [], outgoing: [], typingUntil: 0, readSeq: 0 };
  store.set({ chats: { [ID]: chat }, link: "live" });
  reply = vi.fn(async () => ({ seq: 7 }));
  refresh.mockClear();
  outbox = new Outbox(store, { reply }, refresh);
});

test("ids fit the contract and differ", () => {
  expect(newId()).toMatch(/^[\w.:-]{1,64}$/);
  expect(newId()).not.toBe(newId());
});

test("a message is shown at once and knows its place once it arrived", async () => {
  outbox.add(ID, "hello");
  expect(outgoing()).toMatchObject([{ text: "hello", state: "sending" }]);
  await settle();
  expect(outgoing()).toMatchObject([{ seq: 7 }]);
  expect(refresh).not.toHaveBeenCalled();
});

test("without a socket the log is fetched after sending", async () => {
  store.set({ link: "polling" });
  outbox.add(ID, "hello");
  await settle();
  expect(refresh).toHaveBeenCalledWith(ID);
});

test("nothing overtakes: one at a time, in order", async () => {
  const order: string[] = [];
  let release: () => void = () => undefined;
  reply.mockImplementationOnce(async (_id, _own, text) => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    order.push(text);
    return { seq: 1 };
  });
  reply.mockImplementationOnce(async (_id, _own, text) => {
    order.push(text);
    return { seq: 2 };
  });
  outbox.add(ID, "first");
  outbox.add(ID, "second");
  await settle();
  expect(reply).toHaveBeenCalledOnce();
  release();
  await settle();
  expect(order).toEqual(["first", "second"]);
});

test("offline all wait, and go out in order under their first ids when the way is open again", async () => {
  reply.mockImplementation(offline);
  outbox.add(ID, "first");
  outbox.add(ID, "second");
  await settle();
  expect(outgoing().map((each) => each.state)).toEqual(["failed", "failed"]);
  const ids = outgoing().map((each) => each.client_message_id);
  reply.mockReset();
  reply.mockImplementation(async () => ({ seq: reply.mock.calls.length }));
  outbox.resume();
  await settle();
  expect(reply.mock.calls.map(([, own, text]) => [own, text])).toEqual([
    [ids[0], "first"],
    [ids[1], "second"],
  ]);
});

test("a refusal is shown, does not stop the next one, and is not sent again by itself", async () => {
  reply.mockRejectedValueOnce(new Problem(409, "not_holder", "x", { id: "st_2", name: "B" }));
  outbox.add(ID, "first");
  outbox.add(ID, "second");
  await settle();
  expect(outgoing().map((each) => each.state)).toEqual(["refused", "sending"]);
  expect(outgoing()[1]?.seq).toBe(7);
  outbox.resume();
  await settle();
  expect(reply).toHaveBeenCalledTimes(2);
});

test("a session that ended keeps the message for the next one", async () => {
  reply.mockRejectedValueOnce(new Problem(401, "not_signed_in", "x"));
  outbox.add(ID, "hello");
  await settle();
  expect(outgoing()[0]?.state).toBe("failed");
});

test("what did not arrive can be taken back, what did cannot", async () => {
  reply.mockImplementation(offline);
  outbox.add(ID, "hello");
  await settle();
  const own = outgoing()[0]?.client_message_id ?? "";
  expect(outbox.takeBack(ID, own)?.text).toBe("hello");
  expect(outgoing()).toEqual([]);
  reply.mockImplementation(async () => ({ seq: 3 }));
  outbox.add(ID, "again");
  await settle();
  expect(outbox.takeBack(ID, outgoing()[0]?.client_message_id ?? "")).toBeUndefined();
});
