import { texts } from "../texts";
import type { Profile } from "./contract";

const t = texts.profile;
const number = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 2 });

/** The known fields of a profile in a fixed order, as name and value to read; unknown keys are left out. */
export function profileLines(profile: Profile): [string, string][] {
  return Object.entries(t.fields).flatMap(([key, name]) => {
    const value = shown(key, profile[key]);
    return value === null ? [] : [[name, value] as [string, string]];
  });
}

function shown(key: string, value: unknown): string | null {
  if (Array.isArray(value)) return value.length > 0 ? value.join(t.join) : null;
  if (typeof value !== "string" && typeof value !== "number") return null;
  const words = String(value);
  if (words === "") return null;
  if (key === "credit_grade") return t.grade(words);
  if (key === "employees") return t.people(words);
  // Money is a decimal string in yuan.
  if (key === "annual_taxable_income" || key === "total_assets") return t.yuan(number.format(Number(words)));
  return t.values[words] ?? words;
}
