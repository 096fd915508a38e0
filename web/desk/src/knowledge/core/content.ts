import type { Content, Fault, When } from "./contract";

/** The fields in the order in which they are shown and told of. */
export const FIELDS: readonly (keyof Content)[] = [
  "kind",
  "topic",
  "question",
  "aliases",
  "answer",
  "cases",
  "general",
  "sources",
  "checked_on",
  "region",
  "audience",
  "visibility",
  "valid_from",
  "valid_to",
  "check",
  "related",
  "flow",
  "en",
];

export const EMPTY: Content = {
  kind: "policy",
  topic: "",
  question: "",
  aliases: [],
  answer: "",
  cases: [],
  general: false,
  sources: [],
  checked_on: null,
  region: null,
  audience: null,
  visibility: "public",
  valid_from: null,
  valid_to: null,
  check: "L3",
  related: [],
  flow: null,
  en: null,
};

/** What the id of an entry looks like. */
export const ENTRY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;

/** Lines of a text box as a list: without blanks at the ends and without empty lines. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/** Whether two values say the same, whatever the order of their keys. */
export function same(one: unknown, other: unknown): boolean {
  return stable(one) === stable(other);
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** The faults of a part, by its dotted path, and of all that is in it. */
export function faultsAt(faults: readonly Fault[], path: string): Fault[] {
  return faults.filter((each) => each.path === path || each.path.startsWith(`${path}.`));
}

/** Faults that are told at none of the fields. */
export function otherFaults(faults: readonly Fault[]): Fault[] {
  return faults.filter((each) => !FIELDS.some((field) => field === each.field));
}

/** A condition as rows to choose from; null when it says more than rows can. */
export function rowsOf(when: When): [field: string, values: string[]][] | null {
  const rows = Object.entries(when).map(([field, value]): [string, unknown[]] => [
    field,
    Array.isArray(value) ? value : [value],
  ]);
  const plain = rows.every(([, values]) => values.every((value) => typeof value === "string"));
  return plain ? (rows as [string, string[]][]) : null;
}

/** The condition of rows; a single value stands by itself. */
export function whenOf(rows: readonly [field: string, values: string[]][]): When {
  return Object.fromEntries(rows.map(([field, values]) => [field, values.length === 1 ? values[0] : values]));
}
