import { afterEach, expect, test, vi } from "vitest";
import { clock } from "../src/core/clock";

const HERE = Date.parse("2026-11-26T02:00:00Z");

afterEach(() => {
  clock.learn(new Date().toUTCString(), Date.now());
  vi.useRealTimers();
});

test("a clock that is ten minutes late follows the server", () => {
  vi.useFakeTimers({ now: HERE });
  clock.learn("Thu, 26 Nov 2026 02:10:00 GMT", HERE - 100);
  expect(clock.now()).toBe(HERE + 600_000);
  vi.advanceTimersByTime(60_000);
  expect(clock.now()).toBe(HERE + 660_000);
});

test("a clock that was set right is trusted again", () => {
  vi.useFakeTimers({ now: HERE });
  clock.learn("Thu, 26 Nov 2026 02:10:00 GMT", HERE - 100);
  vi.setSystemTime(HERE + 600_000);
  clock.learn("Thu, 26 Nov 2026 02:10:01 GMT", HERE + 599_900);
  expect(clock.now()).toBe(HERE + 600_000);
});

test("what is slow, without a date or within rounding changes nothing", () => {
  vi.useFakeTimers({ now: HERE });
  clock.learn("Thu, 26 Nov 2026 03:00:00 GMT", HERE - 10_000);
  clock.learn(null, HERE - 100);
  clock.learn("soon", HERE - 100);
  clock.learn("Thu, 26 Nov 2026 01:59:58 GMT", HERE - 100);
  expect(clock.now()).toBe(HERE);
});
