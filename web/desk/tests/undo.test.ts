import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UNDO_MS, UndoList } from "../src/core/undo";

let done: [string, boolean][];
let list: UndoList<string>;

beforeEach(() => {
  vi.useFakeTimers();
  done = [];
  list = new UndoList(
    async (what, leaving) => void done.push([what, leaving]),
    () => undefined,
  );
});
afterEach(() => vi.useRealTimers());

test("an action is done after five seconds, not before", () => {
  list.add("release");
  vi.advanceTimersByTime(UNDO_MS - 1);
  expect(done).toEqual([]);
  expect(list.items).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(done).toEqual([["release", false]]);
  expect(list.items).toHaveLength(0);
});

test("taken back it is never done, and cannot be taken back twice", () => {
  list.add("transfer");
  expect(list.undo()).toBe(true);
  expect(list.undo()).toBe(false);
  vi.advanceTimersByTime(UNDO_MS * 2);
  expect(done).toEqual([]);
});

test("the latest is taken back, or the one that is named", () => {
  list.add("a");
  list.add("b");
  list.add("c");
  const first = list.items[0]?.id;
  list.undo();
  list.undo(first);
  vi.advanceTimersByTime(UNDO_MS);
  expect(done).toEqual([["b", false]]);
});

test("leaving the page does all at once, each once", async () => {
  list.add("a");
  list.add("b");
  await list.flush();
  vi.advanceTimersByTime(UNDO_MS);
  expect(done).toEqual([
    ["a", true],
    ["b", true],
  ]);
});

test("every change is told", () => {
  const changed = vi.fn();
  const told = new UndoList<string>(async () => undefined, changed);
  told.add("a");
  told.undo();
  expect(changed).toHaveBeenCalledTimes(2);
});
