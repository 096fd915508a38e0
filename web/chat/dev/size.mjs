// Looks over what was built: fails past the budget of what a visitor loads, and on what the WebViews of 2020
// can't read. Leaves a .gz beside each file for the server to send.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { tooNewInScript, tooNewInStyles } from "./old.mjs";

const BUDGET = 60_000;
/** The screens of flows and their words in one language, which come with the first flow. */
const FLOW_BUDGET = 14_000;
const LOADER_BUDGET = 5_000;
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
  const late = tooNew(entry.name, content.toString());
  if (late) throw new Error(`${entry.name} has ${late}, which the WebViews of 2020 don't know`);
}
rmSync(join(dist, ".vite"), { recursive: true });

function tooNew(name, text) {
  if (name.endsWith(".css")) return tooNewInStyles(text);
  return name.endsWith(".js") ? tooNewInScript(text, name === "widget.js" ? "script" : "module") : "";
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

/** All that the widget may load later: the screens that open on need, and their words in one language. */
function later() {
  const first = loaded("src/widget/app.tsx");
  const seen = new Set();
  const files = new Set();
  const visit = (key) => {
    if (seen.has(key) || key.startsWith("src/texts/")) return;
    seen.add(key);
    if (key.startsWith("src/ui/")) for (const file of added(key)) files.add(file);
    const { imports = [], dynamicImports = [] } = manifest[key];
    for (const next of [...imports, ...dynamicImports]) visit(next);
  };
  visit("src/widget/app.tsx");
  return [...files].filter((file) => !first.includes(file));
}

const sum = (files) => files.reduce((total, file) => total + packed.get(file), 0);
const weights = [
  ["page", sum(["index.html", ...loaded("index.html")]), BUDGET],
  ["widget with all it loads at first", sum(["widget.js", ...loaded("src/widget/app.tsx")]), BUDGET],
  ["flow screens, when needed", sum(added("src/ui/flow/FlowCard.tsx")), FLOW_BUDGET],
  ["widget.js", packed.get("widget.js"), LOADER_BUDGET],
];
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
for (const [name, weight, budget] of weights) {
  console.log(`${name}: ${kb(weight)} gzipped, budget ${kb(budget)}`);
  if (weight > budget) process.exitCode = 1;
}
console.log(`all that may come later: ${kb(sum(later()))} gzipped`);
