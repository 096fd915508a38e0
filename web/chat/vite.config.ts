import { defineConfig, type Plugin } from "vite";
import { texts as en } from "./src/texts/en.ts";
import { texts as hans } from "./src/texts/zh-Hans.ts";
import { texts as hant } from "./src/texts/zh-Hant.ts";

/** Fills `%key%` of index.html from the text catalogues, so that no wording stands outside them. */
function pageTexts(): Plugin {
  const noscript = [hans, hant, en].map(({ locale, page }) => `<p lang="${locale}">${page.noscript}</p>`);
  const page: Record<string, string> = { title: hans.page.title, noscript: noscript.join("") };
  return {
    name: "page-texts",
    transformIndexHtml: (html) => html.replace(/%(\w+)%/g, (whole, key: string) => page[key] ?? whole),
  };
}

export default defineConfig({
  base: "/chat/",
  plugins: [pageTexts()],
  // The WebViews of 2020 in which the host's apps show this page.
  build: {
    target: ["es2019", "chrome80", "safari13"],
    cssTarget: ["chrome80", "safari13"],
    modulePreload: false,
  },
  server: { proxy: { "/api": { target: process.env.DAOBAN_API ?? "http://127.0.0.1:8000", ws: true } } },
});
