import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refused } from "../src/core/api";
import { toJson } from "../src/core/json";
import { personOf, TokenRefused, type Tokens, withToken } from "../src/core/tokens";
import { BackButton } from "../src/widget/back";
import { drawLauncher } from "../src/widget/launcher";
import { inkOn, optionsOf } from "../src/widget/options";
import { lockScroll } from "../src/widget/scrollLock";
import { HostTokens } from "../src/widget/tokens";
import { grant } from "../src/widget/wish";

function tag(attributes: Record<string, string> = {}): HTMLScriptElement {
  const script = document.createElement("script");
  script.src = "https://chat.bureau.example/widget.js?v=1";
  for (const name of Object.keys(attributes)) script.setAttribute(name, attributes[name] ?? "");
  return script;
}

afterEach(() => vi.restoreAllMocks());

describe("options", () => {
  it("come from the script's own address and have defaults", () =>
    expect(optionsOf(tag())).toMatchObject({
      base: "https://chat.bureau.example/",
      side: "right",
      offset: 24,
      color: "#1558b0",
      hidden: false,
      back: true,
    }));

  it.each([
    ["https://x.example/path/widget.js", "https://x.example/path/"],
    ["https://x.example/chat/widget.js", "https://x.example/"],
  ])("%s stands at %s", (src, base) => {
    const script = tag();
    script.src = src;
    expect(optionsOf(script).base).toBe(base);
  });

  it("leave out what can't be used, and say so", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const options = optionsOf(tag({ "data-color": "red;}", "data-offset": "far", "data-position": "top" }));
    expect(options).toMatchObject({ color: "#1558b0", offset: 24, side: "right" });
    expect(warn).toHaveBeenCalledOnce();
  });

  it("name the flow that the chat opens on", () =>
    expect(optionsOf(tag({ "data-flow": "F06" }))).toMatchObject({ flow: "F06" }));
});

describe("what an opening does", () => {
  const topic = { key: "a", topic: "a" };
  const flow = { key: "flow:F06", flow: "F06" };

  it.each([
    [undefined, {}, [], undefined],
    [undefined, { topic: "a" }, [], topic],
    [undefined, { topic: "a" }, ["a"], undefined],
    [undefined, { flow: "F06", topic: "a" }, ["a"], flow],
    [undefined, { flow: "F06" }, ["flow:F06"], undefined],
    [{}, { flow: "F06" }, ["flow:F06"], undefined],
    [{ flow: "F06" }, { topic: "b" }, ["flow:F06"], flow],
    [{ topic: "a" }, { flow: "F06" }, ["a"], topic],
    [{ topic: "" }, { flow: "F06" }, [], undefined],
  ] as const)("called for %j, the tag wishes %j, done before %j", (called, tag, before, done) => {
    expect(grant(called, tag, before)).toEqual(done);
  });
});

describe("the launcher's ink", () => {
  const share = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const light = (color: string) =>
    [0.2126, 0.7152, 0.0722].reduce(
      (sum, weight, at) =>
        sum + weight * share(Number.parseInt(color.slice(1 + at * 2, 3 + at * 2), 16) / 255),
      0,
    );
  const steps = ["00", "33", "66", "77", "99", "cc", "ff"];
  const colors = steps.flatMap((r) => steps.flatMap((g) => steps.map((b) => `#${r}${g}${b}`)));

  it("reads on every colour", () => {
    for (const color of colors) {
      const [ground, ink] = [light(color), inkOn(color) === "#fff" ? 1 : 0];
      const contrast = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
      expect(contrast, color).toBeGreaterThanOrEqual(4.5);
    }
  });
});

describe("the launcher", () => {
  it("says how many messages wait, and what became of opening", () => {
    const shadow = document.createElement("div").attachShadow({ mode: "open" });
    const pressed = vi.fn();
    const launcher = drawLauncher(shadow, optionsOf(tag({ "data-locale": "zh-Hans" })), pressed);
    expect(launcher.element.getAttribute("aria-label")).toBe("在线导办");
    launcher.unread(120);
    expect(launcher.element.textContent).toBe("在线导办99+");
    expect(launcher.element.getAttribute("aria-label")).toBe("在线导办 (120 条新消息)");
    expect(shadow.querySelector("[role=status]")?.textContent).toBe("120 条新消息");
    launcher.say("en");
    launcher.unread(1);
    expect(launcher.element.getAttribute("aria-label")).toBe("Online tax help (1 new message)");
    launcher.busy("failed");
    expect(shadow.querySelector("[role=status]")?.textContent).toContain("did not open");
    launcher.element.click();
    expect(pressed).toHaveBeenCalledOnce();
    launcher.opened(true, true);
    expect(launcher.element.style.display).toBe("none");
    expect(launcher.element.getAttribute("aria-expanded")).toBe("true");
  });

  it.each([
    ["to keys", () => true, "3px solid"],
    ["not to a finger", () => false, ""],
    [
      "always where the selector is unknown",
      () => {
        throw new DOMException("not a valid selector", "SyntaxError");
      },
      "3px solid",
    ],
  ])("shows its focus %s", (_when, matches, outline) => {
    const shadow = document.createElement("div").attachShadow({ mode: "open" });
    const { element } = drawLauncher(shadow, optionsOf(tag()), vi.fn());
    element.matches = matches;
    element.dispatchEvent(new FocusEvent("focus"));
    expect(element.style.outline).toContain(outline);
    expect(element.style.outline === "").toBe(outline === "");
    element.dispatchEvent(new FocusEvent("blur"));
    expect(element.style.outline).not.toContain("solid");
  });
});

describe("the host's token", () => {
  const refusal = new Refused({ status: 401, code: "not_signed_in", detail: "" });

  it("is asked of the page each time, and not given twice after a refusal", async () => {
    const needed = vi.fn();
    const tokens = new HostTokens(needed);
    const source = vi.fn().mockResolvedValueOnce("old").mockResolvedValueOnce("old").mockResolvedValue("new");
    await tokens.take(source);
    await expect(tokens.get("old")).resolves.toBeUndefined();
    expect(needed).toHaveBeenCalledOnce();
    await expect(tokens.get("old")).resolves.toBe("new");
  });

  it("rejects when the page throws", () =>
    expect(
      new HostTokens(vi.fn()).take(() => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no"));

  it("names a person, whenever it was signed", () => {
    const signed = (claims: object) => `h.${btoa(JSON.stringify(claims))}.s`;
    const person = personOf(signed({ sub: "a", taxpayer: { id: "t" }, exp: 1 }));
    expect(personOf(signed({ sub: "a", taxpayer: { id: "t" }, exp: 2 }))).toBe(person);
    expect(personOf(signed({ sub: "a", taxpayer: { id: "u" }, exp: 1 }))).not.toBe(person);
    expect(personOf(signed({ sub: "b", taxpayer: { id: "t" }, exp: 1 }))).not.toBe(person);
    expect(personOf("nonsense")).not.toBe(personOf("other"));
  });

  it.each([
    [["first", "second"], ["first", "second"], "done with second"],
    [["first", undefined], ["first"], TokenRefused],
    [["first", "third"], ["first", "third"], TokenRefused],
  ] as const)("%j", async (given, tried, end) => {
    const left = [...given];
    const tokens: Tokens = { get: async () => left.shift(), drop: () => undefined };
    const used: unknown[] = [];
    const work = withToken(tokens, async (token) => {
      used.push(token);
      if (token !== "second") throw refusal;
      return `done with ${token}`;
    });
    if (typeof end === "string") await expect(work).resolves.toBe(end);
    else await expect(work).rejects.toBeInstanceOf(end);
    expect(used).toEqual(tried);
  });
});

describe("in pages with old libraries", () => {
  const broken = { value: () => "broken", configurable: true };

  it("JSON stays JSON, and theirs stays theirs", () => {
    Object.defineProperty(Array.prototype, "toJSON", broken);
    Object.defineProperty(String.prototype, "toJSON", broken);
    try {
      expect(toJson({ list: ["a"] })).toBe('{"list":["a"]}');
      expect(JSON.stringify(["a"])).toBe('"broken"');
    } finally {
      Reflect.deleteProperty(Array.prototype, "toJSON");
      Reflect.deleteProperty(String.prototype, "toJSON");
    }
  });
});

describe("the page behind the chat", () => {
  it("is held, and given back as it was", () => {
    window.scrollTo = vi.fn() as unknown as typeof window.scrollTo;
    document.body.setAttribute("style", "color: red;");
    const unlock = lockScroll();
    expect(document.body.style.position).toBe("fixed");
    expect(document.documentElement.style.overflow).toBe("hidden");
    unlock();
    expect(document.body.getAttribute("style")).toBe("color: red;");
    expect(document.documentElement.hasAttribute("style")).toBe(false);
    document.body.removeAttribute("style");
  });
});

describe("the back button", () => {
  beforeEach(() => history.replaceState({ page: 1 }, ""));

  it("closes, with the page's own state kept in the entry", () => {
    const pressed = vi.fn();
    const back = new BackButton(true, pressed);
    back.take();
    expect(history.state).toEqual({ page: 1, daoban: true });
    window.dispatchEvent(new PopStateEvent("popstate"));
    expect(pressed).toHaveBeenCalledOnce();
    back.end();
  });

  it("leaves the history alone where it is not wanted, or the page has gone on", () => {
    const go = vi.spyOn(history, "back").mockImplementation(() => undefined);
    const unwanted = new BackButton(false, vi.fn());
    unwanted.take();
    expect(history.state).toEqual({ page: 1 });
    unwanted.end();
    const back = new BackButton(true, vi.fn());
    back.take();
    history.replaceState({ page: 2 }, "");
    back.end();
    expect(go).not.toHaveBeenCalled();
  });

  it("adds no entry in WeChat on an iPhone", () => {
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue("iPhone MicroMessenger/8.0");
    const back = new BackButton(true, vi.fn());
    back.take();
    expect(history.state).toEqual({ page: 1 });
    back.end();
  });
});
