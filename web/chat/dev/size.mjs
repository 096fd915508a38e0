// Prints what the built page weighs over the wire in each language and fails past the budget.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 60 * 1024;
const LANGUAGES = ["zh-Hans", "zh-Hant", "en"];
const dist = fileURLToPath(new URL("../dist", import.meta.url));
const languageOf = (name) => LANGUAGES.find((language) => name.startsWith(`${language}-`));

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => ({
    language: languageOf(entry.name),
    bytes: gzipSync(readFileSync(join(entry.parentPath, entry.name)), { level: 9 }).length,
  }));
for (const language of LANGUAGES) {
  if (!files.some((file) => file.language === language)) throw new Error(`no chunk of its own: ${language}`);
  // Everything counts but the words of the other languages.
  const loaded = files.filter((file) => file.language === undefined || file.language === language);
  const total = loaded.reduce((sum, file) => sum + file.bytes, 0);
  const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
  console.log(`chat in ${language}: ${kib(total)} gzipped in all, budget ${kib(BUDGET)}`);
  if (total > BUDGET) process.exitCode = 1;
}
