import { defineConfig, type Plugin } from "vite";
import { ownScale } from "./dev/css.ts";
import { lexerOnly } from "./dev/lexer.ts";
import { texts as en } from "./src/texts/en.ts";
import { texts as hans } from "./src/texts/zh-Hans.ts";
import { texts as hant } from "./src/texts/zh-Hant.ts";

/** Fills `%key%` of index.html from the text catalogues, so that no wording stands outside them. */
function pageTexts(): Plugin {
  // Without scripts nobody knows the language: it is said in all of them.
  const noscript = [hans, hant, en].map(({ locale, page }) => `<p lang="${locale}">${page.noscript}</p>`);
  const page: Record<string, string> = { title: hans.page.title, noscript: noscript.join("") };
  return {
    name: "page-texts",
    transformIndexHtml: (html) => html.replace(/%(\w+)%/g, (whole, key: string) => page[key] ?? whole),
  };
}

/** The WebViews of 2020 in which the host's apps show this page. */
export const OLDEST = ["es2019", "chrome80", "safari13"];

/** The full page and the chat of the widget: two mounts of one application, which share their chunks. */
export default defineConfig({
  // Relative, because the widget's chunks are loaded from pages of other origins, and a proxy may add a path.
  base: "./",
  plugins: [pageTexts(), lexerOnly],
  css: { postcss: { plugins: [ownScale] } },
  build: {
    target: OLDEST,
    cssTarget: ["chrome80", "safari13"],
    modulePreload: false,
    manifest: true,
    rolldownOptions: { input: ["index.html", "src/widget/app.tsx"], preserveEntrySignatures: "exports-only" },
  },
  server: { proxy: { "/api": { target: process.env.DAOBAN_API ?? "http://127.0.0.1:8000", ws: true } } },
});
