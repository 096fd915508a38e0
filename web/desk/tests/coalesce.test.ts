import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { coalesce } from "../src/core/coalesce";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("many wishes are one run, a moment after the first", async () => {
  const run = vi.fn(async () => undefined);
  const wish = coalesce(run, 100);
  for (let n = 0; n < 50; n += 1) wish();
  expect(run).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(100);
  expect(run).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(run).toHaveBeenCalledOnce();
});

test("wishes during a run make one more, never two at once", async () => {
  const ends: (() => void)[] = [];
  const run = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)));
  const wish = coalesce(run, 100);
  wish();
  await vi.advanceTimersByTimeAsync(100);
  wish();
  wish();
  await vi.advanceTimersByTimeAsync(500);
  expect(run).toHaveBeenCalledOnce();
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(100);
  expect(run).toHaveBeenCalledTimes(2);
  ends[1]?.();
  await vi.advanceTimersByTimeAsync(500);
  expect(run).toHaveBeenCalledTimes(2);
});
