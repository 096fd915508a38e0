import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "../../tokens.css"), "utf8");
const token = (name: string) => new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`).exec(css)?.[1] ?? "";

/** Relative luminance of `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe("text keeps 4.5:1 on every ground it stands on", () => {
  test.each([
    ["ink", ["surface", "ground", "brand-soft", "warn-soft"]],
    ["ink-secondary", ["surface", "ground", "brand-soft"]],
    ["brand", ["surface", "ground", "brand-soft"]],
    ["danger", ["surface", "brand-soft", "danger-soft"]],
    ["warn", ["surface", "warn-soft"]],
    ["on-brand", ["brand", "brand-strong"]],
  ])("%s", (text, grounds) => {
    for (const ground of grounds) {
      expect(contrast(token(text), token(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test("edges of controls keep 3:1", () => {
    for (const ground of ["surface", "ground"]) {
      expect(contrast(token("line-strong"), token(ground)), ground).toBeGreaterThanOrEqual(3);
    }
  });
});
