import { readFileSync } from "node:fs";
import { defineConfig } from "vite";
import about from "./package.json" with { type: "json" };
import { OLDEST } from "./vite.config.ts";

interface Chunk {
  file: string;
}

const dist = new URL("./dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8")) as Record<
  string,
  Chunk
>;
const application = manifest["src/widget/app.tsx"]?.file;
if (!application) throw new Error("build the chat first: the loader names its file");

/** `widget.js`: a classic script, which pages of other origins load without asking for permission. */
export default defineConfig({
  define: { __CHAT__: JSON.stringify(`chat/${application}`), __VERSION__: JSON.stringify(about.version) },
  build: {
    target: OLDEST,
    emptyOutDir: false,
    copyPublicDir: false,
    lib: {
      entry: "src/widget/loader.ts",
      formats: ["iife"],
      name: "daobanLoader",
      fileName: () => "widget.js",
    },
  },
});
