import { beforeEach, describe, expect, it } from "vitest";
import { Reader, voiceFor } from "../src/core/reader";

const voice = (lang: string, localService = true) => ({ lang, localService }) as SpeechSynthesisVoice;

describe("the voice of a language", () => {
  it.each([
    ["zh-Hans", ["en-US", "zh-HK", "zh-TW", "zh-CN"], "zh-CN"],
    ["zh-Hans", ["zh_CN_#Hans"], "zh_CN_#Hans"],
    ["zh-Hans", ["zh-HK", "zh-TW"], "zh-TW"],
    ["zh-Hant", ["zh-CN", "zh-TW"], "zh-TW"],
    ["zh-Hant", ["zh-HK", "cmn-Hans-CN"], "cmn-Hans-CN"],
    ["zh-Hant", ["zh-HK"], "zh-HK"],
    ["en", ["zh-CN", "en-GB"], "en-GB"],
    ["en", ["zh-CN"], undefined],
  ])("%s of %j", (lang, voices, chosen) =>
    expect(
      voiceFor(
        lang,
        voices.map((tag) => voice(tag)),
      )?.lang,
    ).toBe(chosen),
  );

  it("is never one that sends the text away", () =>
    expect(voiceFor("zh-Hans", [voice("zh-CN", false)])).toBeUndefined());
});

/** An engine that ends an utterance when told to. */
class Engine {
  said: SpeechSynthesisUtterance[] = [];
  cancelled = 0;
  onvoiceschanged: (() => void) | null = null;
  voices = [voice("zh-CN")];
  getVoices = () => this.voices;
  speak = (utterance: SpeechSynthesisUtterance) => this.said.push(utterance);
  cancel = () => {
    this.cancelled += 1;
  };
  end(): void {
    const last = this.said[this.said.length - 1];
    last?.onend?.call(last, {} as SpeechSynthesisEvent);
  }
  get words(): string[] {
    return this.said.map(({ text }) => text);
  }
}

const LONG = `${"长".repeat(100)}。`;

describe("a reader", () => {
  let engine: Engine;
  let reader: Reader;
  beforeEach(() => {
    window.SpeechSynthesisUtterance = class {
      constructor(readonly text: string) {}
    } as unknown as typeof SpeechSynthesisUtterance;
    engine = new Engine();
    reader = new Reader(engine as unknown as SpeechSynthesis);
  });

  it("is silent without an engine or a voice", () => {
    const mute = new Reader(undefined);
    mute.read(1, "一。", "zh-Hans");
    expect([mute.speaks("zh-Hans"), mute.reading]).toEqual([false, undefined]);
    reader.read(1, "one", "en");
    expect([engine.said, reader.reading]).toEqual([[], undefined]);
  });

  it("reads part after part, message after message", () => {
    reader.append(1, LONG + LONG, "zh-Hans");
    reader.append(2, "二。", "zh-Hans");
    expect(reader.reading).toEqual({ seq: 1, paused: false });
    engine.end();
    engine.end();
    expect(reader.reading?.seq).toBe(2);
    engine.end();
    expect(reader.reading).toBeUndefined();
    expect(engine.words).toEqual([LONG, LONG, "二。"]);
  });

  it("goes on after a pause with the part it was in", () => {
    reader.read(1, LONG + LONG, "zh-Hans");
    engine.end();
    reader.pause();
    engine.end(); // some engines report the end of what was cancelled
    expect([engine.cancelled, reader.reading]).toEqual([1, { seq: 1, paused: true }]);
    reader.resume();
    expect(engine.words).toEqual([LONG, LONG, LONG]);
    engine.end();
    expect(reader.reading).toBeUndefined();
  });

  it("drops everything at a stop, and for another message", () => {
    reader.read(1, LONG, "zh-Hans");
    reader.append(2, "二。", "zh-Hans");
    reader.read(3, "三。", "zh-Hans");
    expect(reader.reading?.seq).toBe(3);
    reader.stop();
    engine.end();
    expect([reader.reading, engine.words]).toEqual([undefined, [LONG, "三。"]]);
  });

  it("tells its watchers, also when voices come late", () => {
    let told = 0;
    const leave = reader.subscribe(() => {
      told += 1;
    });
    engine.onvoiceschanged?.();
    reader.read(1, "一。", "zh-Hans");
    reader.stop();
    leave();
    reader.read(1, "一。", "zh-Hans");
    expect(told).toBe(3);
  });
});
