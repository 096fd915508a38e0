import type { Token, Tokens } from "marked";
import type { Texts } from "../texts";
import type { Flow, Message } from "./contract";
import { dueOf } from "./format";
import { blocksOf, readable } from "./markdown";

const ENDS = /[。！？!?；;：:.，,]$/;
/** Engines stall in the middle of long utterances. */
const LONGEST_PART = 160;

/** Where one line of speech ends. */
const LINES = new Set(["paragraph", "heading", "list_item", "code", "br", "space", "blockquote"]);

/** The plain text of Markdown: no marks, no addresses, each line ended like a sentence. */
export function plainOf(markdown: string, texts: Texts): string {
  const lines = blocksOf(markdown)
    .map((token) => linesOf(token, texts))
    .join("\n")
    .split("\n")
    .map((line) => line.replace(/\s+/g, " ").trim());
  return lines
    .filter(Boolean)
    .map((line) => (ENDS.test(line) ? line : line + texts.speech.stopAt.trim()))
    .join(" ");
}

function linesOf(token: Token, texts: Texts): string {
  if (token.type === "list") {
    const { items } = token as Tokens.List;
    return ["", ...items.map((item) => linesOf(item, texts))].join("\n");
  }
  if (token.type === "table") {
    const { header, rows } = token as Tokens.Table;
    return [header, ...rows].map((row) => row.map((cell) => cell.text).join(" ")).join("\n");
  }
  const inner = "tokens" in token ? token.tokens : undefined;
  const leaf = "text" in token ? readable(String(token.text)) : "";
  const text = inner ? inner.map((each) => linesOf(each, texts)).join("") : leaf;
  if (token.type === "link" && /^https?:/i.test(text)) return texts.speech.link;
  return LINES.has(token.type) ? `${text}\n` : text;
}

/** All that a message says, in one text: its words, by when, and what one can choose. */
export function wordsOf(message: Message, now: number, texts: Texts): string {
  if (message.flow?.prompt) return flowWords(message.flow, texts);
  const person = message.sender === "officer" || message.sender === "expert";
  const parts = [person ? message.text : plainOf(message.text, texts)];
  if (message.card?.due) {
    const { date, left } = dueOf(texts, message.card.due, now);
    parts.push(texts.speech.due(date, left));
  }
  const labels = [...(message.choices ?? []), ...(message.card?.actions ?? [])].map(({ label }) => label);
  if (labels.length) parts.push(texts.speech.options(labels));
  return parts.join(" ").trim();
}

/** What a step says; how one answers it in words is left to those who see no controls. */
function flowWords({ fault, notes, prompt, fields, summary }: Flow, texts: Texts): string {
  const parts = [fault, ...(notes ?? []), prompt].map((part) => plainOf(part ?? "", texts));
  for (const { label, value } of fields.length ? (summary ?? []) : [])
    parts.push(texts.speech.said(label, plainOf(value, texts)));
  const labels = (fields[0]?.options ?? []).map(({ label }) => label);
  if (labels.length) parts.push(texts.speech.options(labels));
  return parts.filter(Boolean).join(" ");
}

/** Writes numbers and dates as they are spoken: 财税〔2023〕12号, 2027-12-31. */
export function sayable(text: string, texts: Texts): string {
  const dates = /(\d{4})-(\d{2})-(\d{2})/g;
  const documents = /[〔[（(](\d{4})[〕\]）)]\s*第?\s*(\d+)\s*[号號]/g;
  return text
    .replace(documents, (_all, year: string, number: string) => texts.speech.number(year, number))
    .replace(dates, (_all, year, month, day) => texts.log.dayOfYear(Number(year), Number(month), Number(day)))
    .replace(/[“”「」《》*_#|]/g, "");
}

/** Parts short enough for an engine, cut after sentences where that is possible. */
export function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (const sentence of text.match(/[^。！？!?；;\n]+[。！？!?；;\n]*|[。！？!?；;\n]+/g) ?? []) {
    const last = parts.length - 1;
    const joined = (parts[last] ?? "") + sentence;
    if (last >= 0 && joined.length <= LONGEST_PART) parts[last] = joined;
    else parts.push(...slices(sentence));
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

function slices(sentence: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < sentence.length; at += LONGEST_PART)
    found.push(sentence.slice(at, at + LONGEST_PART));
  return found;
}

const HAN = /[\u3400-\u9fff]/;

/** The language a text is written in, for voices and fonts, as far as its letters show it. */
export function langOf(text: string, texts: Texts): string {
  if (HAN.test(text)) return texts.locale === "en" ? "zh-Hans" : texts.locale;
  return /[a-z]{3}/i.test(text) ? "en" : texts.locale;
}
