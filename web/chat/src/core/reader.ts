import { partsOf } from "./spoken";

/** What is read: a message by its seq, or a word of the page (0). */
export interface Reading {
  seq: number;
  paused: boolean;
}

interface Said {
  seq: number;
  parts: string[];
  lang: string;
}

/** Tags of voices by language, the best first; Cantonese only when there is no Mandarin. */
const WANTED: Readonly<Record<string, readonly RegExp[]>> = {
  "zh-Hans": [/^(?:zh|cmn)[-_](?:hans[-_])?cn/i, /^(?:zh|cmn)(?![-_](?:hk|yue))/i, /^zh/i],
  "zh-Hant": [/^(?:zh|cmn)[-_](?:hant[-_])?tw/i, /^(?:zh|cmn)(?![-_](?:hk|yue))/i, /^zh/i],
  en: [/^en[-_]us/i, /^en/i],
};

/** The voice for a language; only the device's own, because the others send the text away. */
export function voiceFor(
  lang: string,
  voices: readonly SpeechSynthesisVoice[],
): SpeechSynthesisVoice | undefined {
  const own = voices.filter((voice) => voice.localService);
  for (const tag of WANTED[lang] ?? []) {
    const found = own.find((voice) => tag.test(voice.lang));
    if (found) return found;
  }
  return undefined;
}

/**
 * Reads messages aloud, one after the other. A pause stops between the parts of a text, not by the engine's
 * own pause, which Android takes for an end.
 */
export class Reader {
  private readonly watchers = new Set<() => void>();
  private queue: Said[] = [];
  private part = 0;
  private paused = false;
  /** Utterances of before a stop still end; theirs count no more. */
  private turn = 0;

  constructor(private readonly engine: SpeechSynthesis | undefined) {
    // Old WebViews know no addEventListener here.
    if (engine) engine.onvoiceschanged = () => this.changed();
  }

  subscribe(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Whether this device can read a language. */
  speaks(lang: string): boolean {
    return this.engine !== undefined && voiceFor(lang, this.engine.getVoices()) !== undefined;
  }

  get reading(): Reading | undefined {
    const now = this.queue[0];
    return now && { seq: now.seq, paused: this.paused };
  }

  /** Reads this now, instead of what was being read. */
  read(seq: number, text: string, lang: string): void {
    this.stop();
    this.append(seq, text, lang);
  }

  /** Reads this after what is being read. */
  append(seq: number, text: string, lang: string): void {
    const parts = partsOf(text);
    if (!parts.length || !this.speaks(lang)) return;
    this.queue.push({ seq, parts, lang });
    if (this.queue.length === 1) this.say();
    this.changed();
  }

  pause(): void {
    if (!this.queue.length) return;
    this.silence();
    this.paused = true;
    this.changed();
  }

  resume(): void {
    this.paused = false;
    this.say();
    this.changed();
  }

  stop(): void {
    if (!this.queue.length) return;
    this.silence();
    this.queue = [];
    this.part = 0;
    this.paused = false;
    this.changed();
  }

  private silence(): void {
    this.turn += 1;
    this.engine?.cancel();
  }

  private say(): void {
    const now = this.queue[0];
    const words = now?.parts[this.part];
    if (!this.engine || !now || words === undefined) return;
    const utterance = new SpeechSynthesisUtterance(words);
    const voice = voiceFor(now.lang, this.engine.getVoices());
    if (voice) utterance.voice = voice;
    utterance.lang = voice?.lang ?? now.lang;
    const { turn } = this;
    utterance.onend = () => turn === this.turn && this.next();
    utterance.onerror = () => turn === this.turn && this.stop();
    this.engine.speak(utterance);
  }

  private next(): void {
    this.part += 1;
    if (this.part >= (this.queue[0]?.parts.length ?? 0)) {
      this.queue.shift();
      this.part = 0;
      this.changed();
    }
    this.say();
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }
}
