import { Lexer, type Token } from "marked";

/** Markdown as a tree of blocks. */
export const blocksOf = (markdown: string): Token[] => Lexer.lex(markdown, { gfm: true, breaks: true });

/** Where a link may lead: to the web and to telephones. */
export const isHarmless = (address: string): boolean => /^(?:https?:|tel:)/i.test(address);

const SIGNS: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };

/** The few signs that writers of Markdown name. */
export const readable = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|nbsp);/g, (whole, name: string) => SIGNS[name] ?? whole);

const SENTENCE_END = /[。！？!?]/;
const OPENING = "（(《“【[";
const CLOSING = "）)》”】]";
/** In Chinese characters; a Latin letter is half as wide. */
const LONGEST_CONCLUSION = 160;
const WIDE = /[\u2e80-\uffef]/g;
const widthOf = (text: string): number => (text.length + (text.match(WIDE) || []).length) / 2;

/** A full stop of English ends one too, that of 3.5 or of "No. 3" does not. */
function endsSentence(text: string, index: number): boolean {
  const char = text[index] as string;
  if (SENTENCE_END.test(char)) return true;
  return (
    char === "." && /[a-z)]/.test(text[index - 1] || "") && /^\s+[A-Z]/.test(text.slice(index + 1, index + 4))
  );
}

/**
 * Parts an answer into its conclusion, the first sentence, and the rest. The conclusion is empty when the
 * text starts with a list, a heading or a table, or when a cut would split emphasis.
 */
export function splitConclusion(text: string): { conclusion: string; rest: string } {
  const whole = { conclusion: "", rest: text };
  const trimmed = text.replace(/^\s+/, "");
  if (/^(?:[-*+>#|]\s|\d+[.)、]\s?|\|)/.test(trimmed)) return whole;
  let depth = 0;
  for (let index = 0; index < trimmed.length; index += 1) {
    const char = trimmed[index] as string;
    if (OPENING.includes(char)) depth += 1;
    else if (CLOSING.includes(char)) depth -= 1;
    const ends = char === "\n" || (depth <= 0 && endsSentence(trimmed, index));
    if (!ends && index < trimmed.length - 1) continue;
    const conclusion = trimmed.slice(0, index + 1).replace(/\s+$/, "");
    const splitsEmphasis = (conclusion.split("**").length - 1) % 2 === 1;
    if (widthOf(conclusion) > LONGEST_CONCLUSION || splitsEmphasis) return whole;
    return { conclusion, rest: trimmed.slice(index + 1).replace(/^\n+/, "") };
  }
  return whole;
}
