import { decide, kindOf } from "../../core/conditions";
import type { FlowField } from "../../core/contract";

export type Row = Readonly<Record<string, unknown>>;

export const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === "string" && value.trim() === "") ||
  (Array.isArray(value) && value.length === 0);

/** What of a value may be kept over a reload: nothing that is protected. */
export function withoutProtected(field: FlowField, value: unknown): unknown {
  if (field.protected) return undefined;
  const hidden = new Set((field.fields ?? []).filter((column) => column.protected).map(({ key }) => key));
  if (hidden.size === 0 || !Array.isArray(value)) return value;
  return value.map((row: Row) => Object.fromEntries(Object.entries(row).filter(([key]) => !hidden.has(key))));
}

/**
 * The columns that a row asks for, given what stands in it. One that depends on a required column waits until
 * that is filled in; what else cannot be decided here is asked, as the server does.
 */
export function columnsOf(columns: readonly FlowField[], row: Row): FlowField[] {
  const kinds = Object.fromEntries(columns.map(({ key, type }) => [key, kindOf(type)]));
  const shown: FlowField[] = [];
  const facts: Record<string, unknown> = {};
  for (const column of columns) {
    const { value, missing } = decide(column.when, facts, kinds);
    const waits = value === undefined && columns.some(({ key, required }) => required && key === missing);
    if (value === false || waits) continue;
    shown.push(column);
    facts[column.key] = row[column.key];
  }
  return shown;
}

/** A row with what is asked in it, and nothing else. */
export const rowOf = (columns: readonly FlowField[], row: Row): Row =>
  Object.fromEntries(
    columnsOf(columns, row)
      .filter(({ key }) => !isEmpty(row[key]))
      .map(({ key }) => [key, row[key]]),
  );

/** What is missing in a row: the keys of required columns. */
export const missingIn = (columns: readonly FlowField[], row: Row): string[] =>
  columnsOf(columns, row)
    .filter(({ required, key }) => required && isEmpty(row[key]))
    .map(({ key }) => key);

/** A number of which only the beginning and the end are shown, as the server masks it. */
export function masked(value: string, type: string): string {
  const [head, tail] = [3, 4];
  if (value.includes("*")) return value;
  if (value.length < head + tail + 1) return "****";
  const stars = type === "phone" ? 4 : value.length - head - tail;
  return value.slice(0, head) + "*".repeat(stars) + value.slice(-tail);
}
