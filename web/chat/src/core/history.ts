import type { ConsultationSummary, History, Message } from "./contract";

/** What was said in one consultation, or between two of them, in the order it was said. */
export interface Chapter {
  key: string;
  /** Absent for reminders and notices outside of any. */
  consultation: ConsultationSummary | undefined;
  messages: readonly Message[];
}

export interface Pages {
  /** The newest first, without gap. */
  messages: readonly Message[];
  consultations: readonly ConsultationSummary[];
  /** The seq to go on before; undefined when this is all. */
  next: number | undefined;
  /** Whom the conversation is held for. */
  taxpayer: string | undefined;
}

export const NO_PAGES: Pages = { messages: [], consultations: [], next: undefined, taxpayer: undefined };

/** Adds an older page. */
export function withPage(pages: Pages, page: History): Pages {
  const known = new Set(pages.consultations.map(({ id }) => id));
  return {
    messages: pages.messages.concat(page.messages),
    consultations: pages.consultations.concat(page.consultations.filter(({ id }) => !known.has(id))),
    next: page.next_before ?? undefined,
    taxpayer: page.taxpayer ?? undefined,
  };
}

/** Parts the pages into chapters, the latest first. */
export function chaptersOf({ messages, consultations }: Pages): Chapter[] {
  const byId = new Map(consultations.map((each) => [each.id, each]));
  const chapters: { key: string; id: string | undefined; messages: Message[] }[] = [];
  for (const message of messages) {
    if (!message.text.trim() && !message.card) continue;
    const id = message.consultation_id ?? undefined;
    const last = chapters[chapters.length - 1];
    if (last && last.id === id) last.messages.unshift(message);
    else chapters.push({ key: `${id ?? "between"}-${message.seq}`, id, messages: [message] });
  }
  return chapters.map(({ key, id, messages: said }) => ({
    key,
    consultation: id === undefined ? undefined : byId.get(id),
    messages: said,
  }));
}

/** Whether older pages may hold more of a chapter: it is the last one, and there are more. */
export const isCut = (chapter: Chapter, chapters: readonly Chapter[], pages: Pages): boolean =>
  pages.next !== undefined && chapter === chapters[chapters.length - 1];

/** Parts a text at the words searched for: every second part is a hit. Letter case aside. */
export function hitsIn(text: string, words: string): string[] {
  if (!words) return [text];
  const parts: string[] = [];
  const [low, sought] = [text.toLowerCase(), words.toLowerCase()];
  // Some letters change their length with their case; then nothing is marked rather than the wrong part.
  if (low.length !== text.length) return [text];
  let from = 0;
  for (let at = low.indexOf(sought); at >= 0; at = low.indexOf(sought, from)) {
    parts.push(text.slice(from, at), text.slice(at, at + sought.length));
    from = at + sought.length;
  }
  parts.push(text.slice(from));
  return parts;
}

const AROUND = 40;

/** A text cut down to what stands around the first hit. */
export function excerptOf(text: string, words: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(words.toLowerCase()));
  const [start, end] = [at - AROUND, at + words.length + AROUND * 2];
  return `${start > 0 ? "…" : ""}${text.slice(Math.max(0, start), end)}${end < text.length ? "…" : ""}`;
}
