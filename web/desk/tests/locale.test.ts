import { describe, expect, test, vi } from "vitest";
import { firstLocale, localeOf } from "../src/core/locale";
import { keptLocale } from "../src/core/storage";

describe("the language of the desk", () => {
  test.each([
    ["zh-CN", "zh-Hans"],
    ["zh-Hans-HK", "zh-Hans"],
    ["zh-TW", "zh-Hant"],
    ["zh-Hant", "zh-Hant"],
    ["en-GB", "en"],
    ["fr", undefined],
  ])("%s is %s", (tag, locale) => expect(localeOf(tag)).toBe(locale));

  test("each staff member's choice is kept, and the last one is everybody's first", () => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    });
    vi.stubGlobal("navigator", { languages: ["fr", "zh-TW"] });
    expect(firstLocale("st_1")).toBe("zh-Hant");
    keptLocale.write("st_1", "en");
    keptLocale.write("st_2", "zh-Hans");
    expect(firstLocale("st_1")).toBe("en");
    expect(firstLocale("st_3")).toBe("zh-Hans");
    kept.set("daoban.desk.locale", "not json");
    expect(firstLocale("st_1")).toBe("zh-Hant");
    vi.unstubAllGlobals();
  });
});
