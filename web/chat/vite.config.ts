import { defineConfig, type Plugin } from "vite";
import { texts } from "./src/texts/zh-Hans.ts";

/** Fills `%key%` of index.html from the text catalogue, so that no wording stands outside it. */
function pageTexts(): Plugin {
  const page: Record<string, string> = texts.page;
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
