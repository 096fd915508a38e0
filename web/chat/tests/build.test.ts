// @vitest-environment node
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Lexer } from "marked";
import { describe, expect, it } from "vitest";
import { withoutWriters } from "../dev/lexer";
import { tooNewInScript, tooNewInStyles } from "../dev/old.mjs";

const MARKDOWN = `# 一

1. **甲** *乙* ~~丙~~ \`丁\`
2. [链接](https://example.org/) https://example.org/

> 引

| 税 | 率 |
|---|---|
| 增 | 3% |

<b>x</b>\\*
`;

describe("marked without its writers", () => {
  const whole = readFileSync(createRequire(import.meta.url).resolve("marked"), "utf8");

  it("reads what the whole reads, and is smaller", async () => {
    const code = withoutWriters(whole);
    const part = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
    const options = { gfm: true, breaks: true };
    expect(part.Lexer.lex(MARKDOWN, options)).toEqual(Lexer.lex(MARKDOWN, options));
    expect(code.length).toBeLessThan(whole.length * 0.8);
  });

  it("says when marked is built otherwise", () =>
    expect(() => withoutWriters("export{w as Lexer,v as x}")).toThrow("dev/lexer.ts"));
});

describe("what the WebViews of 2020 don't know", () => {
  it.each([
    ["a?.b", "?."],
    ["a ?? b", "??"],
    ["/(?<!a)b/.test(c)", "(?<!a)b"],
    ["text.replaceAll('a', 'b')", "replaceAll"],
    ["fetch(a, { signal: AbortSignal.timeout(5) })", "timeout"],
  ])("script: %s", (code, named) => expect(tooNewInScript(code, "module")).toContain(named));

  it.each(["a.timeout(5)", "/(?<year>a)/.test(b)", "import('./a').then(b => b.at(-1))", "'replaceAll'"])(
    "script that they know: %s",
    (code) => expect(tooNewInScript(code, "module")).toBe(""),
  );

  it.each([
    ".a:is(.b,.c){color:red}",
    ".a{inset:0}",
    ".a{color:red;gap:4px}",
    ".a{height:100dvh}",
    ".a{padding-inline:4px}",
    ".a:focus-visible{outline:1px solid}",
    ".a,.b:focus:not(:focus-visible){outline:none}",
  ])("styles: %s", (css) => expect(tooNewInStyles(css)).not.toBe(""));

  it.each([
    ":focus{outline:1px solid}:focus:not(:focus-visible){outline:none}",
    ".a{grid-gap:4px;padding-top:env(safe-area-inset-top)}",
  ])("styles that they know: %s", (css) => expect(tooNewInStyles(css)).toBe(""));
});
