import { describe, expect, it } from "vitest";
import { Refused, Unreachable } from "../src/core/api";
import { firstLocale, keepLocale, localeOf, ToldLocale } from "../src/core/locale";
import type { Store } from "../src/core/storage";

function store(): Store {
  const kept = new Map<string, unknown>();
  return {
    get: <T>(key: string) => kept.get(key) as T | undefined,
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  };
}

describe("the language of a tag", () => {
  it.each([
    ["zh-CN", "zh-Hans"],
    ["zh", "zh-Hans"],
    ["zh-SG", "zh-Hans"],
    ["zh-Hans-HK", "zh-Hans"],
    ["zh-TW", "zh-Hant"],
    ["zh-HK", "zh-Hant"],
    ["zh-Hant-CN", "zh-Hant"],
    ["en-GB", "en"],
    ["EN", "en"],
    ["enm", undefined],
    ["fr-FR", undefined],
    ["", undefined],
  ])("%s: %s", (tag, locale) => expect(localeOf(tag)).toBe(locale));
});

describe("the language to begin in", () => {
  it("is the browser's first that we speak", () =>
    expect(firstLocale("", store(), store(), ["fr", "en-US", "zh-CN"])).toBe("en"));

  it("is Simplified Chinese when nothing fits", () =>
    expect(firstLocale("?lang=fr", store(), store(), ["fr"])).toBe("zh-Hans"));

  it("is the one kept on the device before the browser's", () => {
    const device = store();
    keepLocale("zh-Hant", store(), device);
    expect(firstLocale("", store(), device, ["en"])).toBe("zh-Hant");
  });

  it("is the address's before the device's, until one chooses in this tab", () => {
    const [tab, device] = [store(), store()];
    device.set("locale", "zh-Hant");
    expect(firstLocale("?lang=en", tab, device, ["zh-CN"])).toBe("en");
    keepLocale("zh-Hans", tab, device);
    expect(firstLocale("?lang=en", tab, device, ["zh-CN"])).toBe("zh-Hans");
  });

  it("passes over what is no language of ours", () => {
    const device = store();
    device.set("locale", { broken: true });
    expect(firstLocale("", store(), device, ["zh-CN"])).toBe("zh-Hans");
  });
});

describe("the language that the server knows", () => {
  it("is told once, again after a failure, not after a refusal", async () => {
    const told = new ToldLocale(store());
    const failures = [new Unreachable("away"), new Refused({ status: 422, code: "bad_input", detail: "" })];
    let asked = 0;
    const put = () => Promise.reject(failures[asked++]);
    for (let turn = 0; turn < 3; turn += 1) {
      told.tell("en", put);
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect(asked).toBe(2);
  });

  it("is followed when another device changes it, but not before a choice made here is told", () => {
    const kept = store();
    const told = new ToldLocale(kept);
    told.note("zh-Hans");
    expect(told.follows("zh-Hans", "zh-Hans")).toBeUndefined();
    expect(told.follows("zh-Hans", "fr")).toBeUndefined();
    expect(told.follows("zh-Hans", undefined)).toBeUndefined();
    expect(told.follows("en", "zh-Hans")).toBeUndefined();
    expect(told.follows("zh-Hans", "zh-Hant")).toBe("zh-Hant");
    expect(new ToldLocale(kept).follows("zh-Hant", "en")).toBe("en");
  });
});
