import type { Plugin } from "vite";

/** The first of marked's classes that write HTML; only they and what joins the parts follow. */
const WRITERS = /var \w+=class\{options;parser;constructor.*$/s;
const LEXER = /(\w+) as Lexer,/;

/**
 * Leaves out of marked what comes after its lexer. Its one file makes an instance of all its parts as it is read,
 * so that none of them falls away by itself; we read tokens and write no HTML.
 */
export function withoutWriters(code: string): string {
  const lexer = LEXER.exec(code)?.[1];
  if (!lexer || !WRITERS.test(code)) throw new Error("marked is built otherwise now: see dev/lexer.ts");
  return code.replace(WRITERS, `export{${lexer} as Lexer};`);
}

export const lexerOnly: Plugin = {
  name: "lexer-only",
  transform(code, id) {
    if (!id.endsWith("/marked/lib/marked.esm.js")) return;
    return { code: withoutWriters(code), map: null };
  },
};
