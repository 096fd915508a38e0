// Prints what the built page weighs over the wire and fails past the budget.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 60 * 1024;
const dist = fileURLToPath(new URL("../dist", import.meta.url));
let total = 0;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  total += gzipSync(readFileSync(join(entry.parentPath, entry.name)), { level: 9 }).length;
}
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
console.log(`chat: ${kib(total)} gzipped in all, budget ${kib(BUDGET)}`);
if (total > BUDGET) process.exit(1);
