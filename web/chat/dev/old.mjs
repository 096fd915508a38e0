// What the WebViews of 2020 (Chrome 80, Safari 13) can't read or don't have, in what was built.
import { tokenizer } from "acorn";

/** Members and globals that came later, and that no compiler replaces; `at` and `hasOwn` are in src/polyfills.ts. */
const LATER = new Set(
  [
    "replaceAll findLast findLastIndex toSorted toReversed toSpliced groupBy structuredClone replaceChildren",
    "checkVisibility showModal showPopover requestSubmit reportError WeakRef aspectRatio inset",
  ]
    .join(" ")
    .split(" "),
);
const STYLES = [
  [/:(?:is|where|has)\(/, "a selector"],
  [/[{;](?:inset|aspect-ratio|gap|row-gap|column-gap)\s*:/, "a property"],
  [/[{;](?:margin|padding|inset)-(?:inline|block)\s*:/, "a property"],
  [/\d[dsl]v[hwib]\b|clamp\(|color-mix\(/, "a value"],
  [/@(?:layer|container)\b/, "a rule"],
];

/**
 * Says what of a script is too new, or "". ES2019, and of what came after only import() and import.meta, which
 * modules of 2020 have.
 *
 * @param {string} code
 * @param {"script" | "module"} sourceType
 * @returns {string}
 */
export function tooNewInScript(code, sourceType) {
  let before = "";
  for (const { type, value, start } of tokenizer(code, { ecmaVersion: 2020, sourceType })) {
    const text = type.label === "regexp" ? value.pattern : value;
    const late =
      type.label === "?." ||
      type.label === "??" ||
      (type.label === "regexp" && /\(\?<[=!]/.test(text)) ||
      (type.label === "name" && LATER.has(text)) ||
      (before === "AbortSignal." && (text === "timeout" || text === "any"));
    if (late) return `${text ?? type.label} at ${start}`;
    before = type.label === "." ? `${before}.` : String(text ?? "");
  }
  return "";
}

/**
 * Says what of a style sheet is too new, or "". `:focus-visible` makes its whole rule invalid there: it may only
 * take an outline away, alone.
 *
 * @param {string} css
 * @returns {string}
 */
export function tooNewInStyles(css) {
  for (const [pattern, what] of STYLES) {
    const found = pattern.exec(css);
    if (found) return `${what}: ${found[0]}`;
  }
  const rings = css.match(/[^{}]*:focus-visible[^{}]*(?=\{)/g) ?? [];
  const lost = rings.find((selector) => selector.includes(",") || !selector.includes(":not(:focus-visible)"));
  return lost ? `a selector: ${lost.trim()}` : "";
}
