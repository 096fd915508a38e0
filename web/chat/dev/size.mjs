// Looks over what was built: fails past the budget of what a visitor loads, and on syntax that the WebViews of
// 2020 can't read. Leaves a .gz beside each file for the server to send.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { tokenizer } from "acorn";

const BUDGET = 60 * 1024;
/** The screens of flows and their words in one language, which come with the first flow. */
const FLOW_BUDGET = 14 * 1024;
const LOADER_BUDGET = 5 * 1024;
const dist = fileURLToPath(new URL("../dist", import.meta.url));
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));

const packed = new Map();
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !/\.(js|css|html)$/.test(entry.name)) continue;
  const content = readFileSync(path);
  const gzipped = gzipSync(content, { level: 9 });
  writeFileSync(`${path}.gz`, gzipped);
  packed.set(path.slice(dist.length + 1), gzipped.length);
  if (entry.name.endsWith(".js")) readable(entry.name, content.toString());
}
rmSync(join(dist, ".vite"), { recursive: true });

/** ES2019, and of what came after only import() and import.meta, which modules of 2020 have. */
function readable(name, code) {
  const options = { ecmaVersion: 2020, sourceType: name === "widget.js" ? "script" : "module" };
  for (const { type, start } of tokenizer(code, options)) {
    if (type.label !== "?." && type.label !== "??") continue;
    throw new Error(`${name} has ${type.label} at ${start}, which Safari 13 can't read`);
  }
}

/** All files that an entry brings with it, with the largest of the languages, of which one is loaded. */
function loaded(entry) {
  const files = new Set();
  const languages = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const file of chunk.css ?? []) files.add(file);
    for (const next of chunk.imports ?? []) visit(next);
    for (const next of chunk.dynamicImports ?? []) {
      if (/^src\/texts\/[^/]+$/.test(next)) languages.add(manifest[next].file);
    }
  };
  visit(entry);
  return [...files, ...largest([...languages])];
}

function largest(files) {
  return files.sort((a, b) => packed.get(b) - packed.get(a)).slice(0, 1);
}

/** What a screen adds that is loaded when it is first needed. */
function added(screen) {
  const before = new Set(loaded("index.html"));
  const words = Object.keys(manifest).filter((key) => key.startsWith("src/texts/extra/"));
  const files = loaded(screen).filter((file) => !before.has(file));
  return [...files, ...largest(words.map((key) => manifest[key].file))];
}

const sum = (files) => files.reduce((total, file) => total + packed.get(file), 0);
const weights = [
  ["page", sum(["index.html", ...loaded("index.html")]), BUDGET],
  ["widget with all it loads", sum(["widget.js", ...loaded("src/widget/app.tsx")]), BUDGET],
  ["flow screens, when needed", sum(added("src/ui/flow/FlowCard.tsx")), FLOW_BUDGET],
  ["widget.js", packed.get("widget.js"), LOADER_BUDGET],
];
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
for (const [name, weight, budget] of weights) {
  console.log(`${name}: ${kib(weight)} gzipped, budget ${kib(budget)}`);
  if (weight > budget) process.exitCode = 1;
}
