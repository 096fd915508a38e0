import DOMPurify from "dompurify";
import { Marked } from "marked";

const ALLOWED = ["p", "br", "strong", "em", "ul", "ol", "li", "a", "code", "blockquote", "hr", "del"].concat([
  "table",
  "thead",
  "tbody",
  "tr",
  "th",
  "td",
]);

/** Headings in an answer would break the page's own outline: they become strong lines. */
const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`;
    },
  },
});

const purifier = DOMPurify(window);
purifier.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer");
});

/** Markdown to HTML that is safe to show: no scripts, no styles, no images, links only to the web and to telephones. */
export function toHtml(markdown: string): string {
  return purifier.sanitize(marked.parse(markdown, { async: false }), {
    ALLOWED_TAGS: ALLOWED,
    ALLOWED_ATTR: ["href", "start"],
    ALLOWED_URI_REGEXP: /^(?:https?:|tel:)/i,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
}

const SENTENCE_END = /[。！？!?]/;
const OPENING = "（(《“【[";
const CLOSING = "）)》”】]";
const LONGEST_CONCLUSION = 160;

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
    const ends = char === "\n" || (depth <= 0 && SENTENCE_END.test(char));
    if (!ends && index < trimmed.length - 1) continue;
    const conclusion = trimmed.slice(0, index + 1).replace(/\s+$/, "");
    const splitsEmphasis = (conclusion.split("**").length - 1) % 2 === 1;
    if (conclusion.length > LONGEST_CONCLUSION || splitsEmphasis) return whole;
    return { conclusion, rest: trimmed.slice(index + 1).replace(/^\n+/, "") };
  }
  return whole;
}
