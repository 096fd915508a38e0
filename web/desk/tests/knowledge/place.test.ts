import { beforeEach, describe, expect, test, vi } from "vitest";
import { Place } from "../../src/core/place";

/** The part of a browser that knows where one is. */
class Browser {
  hash = "";
  listener = () => {};
  readonly window = {
    location: this,
    history: { replaceState: (_: unknown, __: string, to: string) => this.set(to) },
    addEventListener: (_: string, listener: () => void) => {
      this.listener = listener;
    },
  };

  set(to: string): void {
    this.hash = to;
  }

  /** A link is pressed, or the way back. */
  press(to: string): void {
    this.hash = to;
    this.listener();
  }
}

describe("a place", () => {
  let browser: Browser;
  let place: Place;
  beforeEach(() => {
    browser = new Browser();
    for (const [name, value] of Object.entries(browser.window)) vi.stubGlobal(name, value);
    place = new Place();
  });

  test("follows the address and tells", () => {
    const told = vi.fn();
    place.subscribe(told);
    browser.press("#/kb");
    expect(place.get()).toBe("#/kb");
    place.go("#/kb/new");
    expect([place.get(), browser.hash]).toEqual(["#/kb/new", "#/kb/new"]);
    expect(told).toHaveBeenCalledTimes(2);
  });

  test("that is held stays, in the address too, until it is let go", () => {
    browser.press("#/kb/new");
    const asked: (() => void)[] = [];
    place.hold((leave) => asked.push(leave));
    browser.press("#/");
    place.go("#/kb/try");
    expect([place.get(), browser.hash]).toEqual(["#/kb/new", "#/kb/new"]);
    asked[0]?.();
    expect([place.get(), browser.hash]).toEqual(["#/", "#/"]);
    place.go("#/kb");
    expect(place.get()).toBe("#/kb");
  });

  test("asks before what leads away without going anywhere, and not when nobody holds it", () => {
    const away = vi.fn();
    const end = place.hold(() => {});
    place.leave(away);
    expect(away).not.toHaveBeenCalled();
    end();
    place.leave(away);
    expect(away).toHaveBeenCalledOnce();
  });
});
