import type { FieldType } from "./contract";

/** What a condition came to: true, false, or undefined while `missing` is not known. */
export interface Verdict {
  value: boolean | undefined;
  missing?: string;
}

type Kind = "text" | "number" | "date" | "tags";
type Facts = Readonly<Record<string, unknown>>;
/** How each fact is compared; one that is not named is text. */
export type Kinds = Readonly<Record<string, Kind>>;

const OF_TYPE: Partial<Record<FieldType, Kind>> = {
  multi: "tags",
  money: "number",
  number: "number",
  date: "date",
  month: "date",
};

export const kindOf = (type: FieldType): Kind => OF_TYPE[type] ?? "text";

/**
 * The conditions of the server (core/conditions), as far as a page meets them: a mapping is the AND of its
 * keys; `field: value` equality, `field: [a, b]` one of, `field: {gte: 1}` comparisons, `all`, `any`, `not`.
 * What is not known makes a test neither true nor false (Kleene).
 */
export function decide(condition: unknown, facts: Facts, kinds: Kinds = {}): Verdict {
  const parts = Object.entries((condition ?? {}) as Record<string, unknown>).map(([key, wanted]): Verdict => {
    const several = () => (wanted as unknown[]).map((part) => decide(part, facts, kinds));
    if (key === "all") return joined(several(), false);
    if (key === "any") return joined(several(), true);
    if (key === "not") return negated(decide(wanted, facts, kinds));
    return joined(tests(key, wanted, facts[key], kinds[key] ?? "text"), false);
  });
  return joined(parts, false);
}

/** `deciding` is the value of one part that settles the whole: true for OR, false for AND. */
function joined(parts: readonly Verdict[], deciding: boolean): Verdict {
  if (parts.some(({ value }) => value === deciding)) return { value: deciding };
  return parts.find(({ value }) => value === undefined) ?? { value: !deciding };
}

const negated = (verdict: Verdict): Verdict =>
  verdict.value === undefined ? verdict : { value: !verdict.value };

function tests(name: string, wanted: unknown, raw: unknown, kind: Kind): Verdict[] {
  const actual = read(raw, kind);
  const test = (operator: string, values: readonly unknown[]): Verdict =>
    actual === undefined
      ? { value: undefined, missing: name }
      : { value: compare(operator, actual, values.map(plain)) };
  if (Array.isArray(wanted)) return [test("in", wanted)];
  if (typeof wanted === "object" && wanted !== null)
    return Object.entries(wanted).map(([operator, value]) => test(operator, [value]));
  return [test("in", [wanted])];
}

/** YAML's true and false are the answers yes and no. */
const plain = (value: unknown): unknown => (typeof value === "boolean" ? (value ? "yes" : "no") : value);

function read(raw: unknown, kind: Kind): unknown {
  const value = plain(raw);
  if (kind === "tags") return Array.isArray(value) ? value : undefined;
  if (kind === "number") {
    const number = typeof value === "string" && value.trim() ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : undefined;
  }
  if (typeof value !== "string" || value === "") return undefined;
  if (kind === "text") return value;
  // A month is its first day.
  return /^\d{4}-\d{2}(-\d{2})?$/.test(value) ? value.padEnd(10, "-01") : undefined;
}

function compare(operator: string, actual: unknown, values: readonly unknown[]): boolean {
  if (Array.isArray(actual)) return values.some((value) => actual.includes(value)) !== (operator === "ne");
  if (operator === "in") return values.includes(actual);
  if (operator === "ne") return !values.includes(actual);
  const [a, b] = [actual as number, values[0] as number];
  if (operator === "lt") return a < b;
  if (operator === "lte") return a <= b;
  return operator === "gt" ? a > b : a >= b;
}
