import react from "@vitejs/plugin-react";
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
  base: "/desk/",
  plugins: [react(), pageTexts()],
  build: {
    target: "es2022",
    // antd is one piece of about 1 MB, and the desk is opened once a day.
    chunkSizeWarningLimit: 1600,
  },
  server: { proxy: { "/api": { target: process.env.DAOBAN_API ?? "http://127.0.0.1:8000", ws: true } } },
});
