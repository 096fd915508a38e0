import { useEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../core/contract";
import { lastSeq } from "../core/log";
import { langOf, wordsOf } from "../core/spoken";
import type { Texts } from "../texts";
import { isInFlow } from "./attention";
import { useChat, useTexts } from "./context";
import { readAloud, readsNew } from "./reading";

const KEPT = 10;

interface Line {
  seq: number;
  lang: string;
  text: string;
}

/** Who says a message, by name or by kind. */
export function speakerOf(message: Message, texts: Texts): string {
  const kind = texts.speakers[message.sender];
  return message.name ? `${kind} ${message.name}` : kind;
}

/**
 * Says each new message to screen readers once, in order, with its speaker, and reads it aloud where that is
 * switched on. What stood in the log before the page had caught up is no news.
 */
export function Announcer() {
  const texts = useTexts();
  const { chat, state } = useChat();
  const { log, caughtUp } = state;
  const heard = useRef<number>(undefined);
  const [lines, setLines] = useState<readonly Line[]>([]);
  useEffect(() => {
    const from = heard.current;
    heard.current = caughtUp ? lastSeq(log) : undefined;
    if (from === undefined) return;
    const news = log.filter((message) => message.seq > from && message.sender !== "taxpayer" && message.text);
    const said = news.map((message) => {
      const text = wordsOf(message, chat.now(), texts);
      const lang = langOf(message.text, texts);
      if (readsNew()) readAloud(message.seq, text, lang, texts, true);
      return { seq: message.seq, lang, text: texts.speech.said(speakerOf(message, texts), text) };
    });
    // The focus goes to a step's question, which says it: not twice.
    const step = isInFlow() ? news.filter(({ flow }) => flow).pop()?.seq : undefined;
    const lines = said.filter(({ seq }) => seq !== step);
    if (lines.length) setLines((before) => before.concat(lines).slice(-KEPT));
  }, [log, caughtUp]);
  return (
    <div class="hidden" aria-live="polite" aria-relevant="additions">
      {lines.map(({ seq, lang, text }) => (
        <p key={seq} lang={lang}>
          {text}
        </p>
      ))}
    </div>
  );
}
