import { describe, expect, test } from "vitest";
import { BINDINGS, commandOf, type Pressed, sends, shown } from "../src/core/keys";

const press = (more: Partial<Pressed>): Pressed => ({
  code: "",
  key: "",
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...more,
});
const alt = (code: string, more: Partial<Pressed> = {}) => press({ code, altKey: true, ...more });

describe("commands", () => {
  test("no key and no command stands twice", () => {
    expect(new Set(BINDINGS.map((each) => each.code)).size).toBe(BINDINGS.length);
    expect(new Set(BINDINGS.map((each) => each.command)).size).toBe(BINDINGS.length);
  });

  test("none takes a key by which browsers open their menus or address line", () => {
    const taken = ["KeyD", "KeyE", "KeyF", "ArrowLeft", "ArrowRight", "F4", "Home"];
    expect(BINDINGS.filter((each) => taken.includes(each.code))).toEqual([]);
  });

  test.each([
    ["KeyJ", "claim"],
    ["KeyN", "next"],
    ["KeyT", "transfer"],
    ["KeyR", "release"],
    ["KeyB", "close"],
    ["KeyZ", "undo"],
  ])("Alt+%s is %s, also while typing", (code, command) => {
    expect(commandOf(alt(code), true)).toBe(command);
    expect(commandOf(alt(code), false)).toBe(command);
    expect(commandOf(press({ code }), false)).toBeNull();
  });

  test("the place of the key counts, not the letter an input method makes of it", () => {
    expect(commandOf(alt("KeyJ", { key: "∆" }), true)).toBe("claim");
  });

  test("? shows the help, but in a field it is a letter", () => {
    for (const key of ["?", "？"]) {
      expect(commandOf(press({ key, shiftKey: true }), false)).toBe("help");
      expect(commandOf(press({ key, shiftKey: true }), true)).toBeNull();
    }
    expect(commandOf(alt("Slash"), true)).toBe("help");
  });

  test("with other modifiers, or within an input method's word, nothing happens", () => {
    expect(commandOf(alt("KeyJ", { ctrlKey: true }), false)).toBeNull();
    expect(commandOf(alt("KeyJ", { metaKey: true }), false)).toBeNull();
    expect(commandOf(alt("KeyJ", { shiftKey: true }), false)).toBeNull();
    expect(commandOf(alt("KeyJ", { isComposing: true }), true)).toBeNull();
  });

  test("is shown as it is pressed", () => expect(shown("claim")).toBe("Alt+J"));
});

describe("sending", () => {
  const enter = (more: Partial<Pressed> = {}) => press({ key: "Enter", code: "Enter", ...more });
  test.each([
    ["Enter", enter(), true],
    ["Ctrl+Enter", enter({ ctrlKey: true }), true],
    ["Cmd+Enter", enter({ metaKey: true }), true],
    ["Shift+Enter is a new line", enter({ shiftKey: true }), false],
    ["Enter that ends a word of an input method", enter({ isComposing: true }), false],
    ["the same in Safari", enter({ keyCode: 229 }), false],
    ["another key", press({ key: "a" }), false],
  ])("%s", (_, event, wanted) => expect(sends(event)).toBe(wanted));
});
