import { Problem } from "../../core/api";
import type { Holder } from "../../core/contract";
import { wordsOf as deskWords } from "../../core/words";
import { texts as desk } from "../../texts";
import { texts } from "../../texts/knowledge";
import { sentenceOf } from "../../texts/knowledge/faults";
import type { Content, Fault, When } from "./contract";

/** What a refusal says to editors. */
export function wordsOf(problem: Problem): string {
  return texts.problems[problem.code] ?? deskWords(problem);
}

/** Any failure as a `Problem`: what is none is a fault of the page and thrown on. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

/** Who did something; what files brought nobody at the desk did. */
export function nameOf({ id, name }: Holder): string {
  return id === "files" ? texts.history.origins.import : name;
}

export function topicOf(topic: string): string {
  return texts.topics[topic] ?? topic;
}

/** The code of a topic that was typed by its name or its code. */
export function topicCodeOf(words: string): string {
  return Object.entries(texts.topics).find(([, name]) => name === words.trim())?.[0] ?? words;
}

/** The name of a field or of a part of it: `cases.0.when` is "Case 1 · Condition". */
export function fieldOf(path: string): string {
  const [field = "", ...rest] = path.split(".");
  const name = texts.fields[field as keyof Content] ?? field;
  if (field === "cases" && rest[0] !== undefined) {
    return [texts.caseNo(Number(rest[0]) + 1), rest[1] && (texts.parts[rest[1]] ?? rest[1])]
      .filter(Boolean)
      .join(texts.join);
  }
  const part = rest[0];
  return part === undefined ? name : [name, texts.parts[part] ?? part].join(texts.join);
}

/** A fault in the language of the desk; a part of a condition by the name of its field. */
export function faultWords({ rule, values = {}, message }: Fault): string {
  const { at, ...others } = values;
  const said = at === undefined ? others : { ...others, at: conditionOf(String(at)) };
  return (rule && sentenceOf(rule, said)) || message;
}

/** What stands at a path such as `any[0].vat_status`. */
function conditionOf(path: string): string {
  const field = path.split(/[.[\]]+/).find((step) => step in desk.profile.fields);
  return (field && desk.profile.fields[field]) || path || texts.edit.condition;
}

/** A condition in words; what is none (a draft may hold anything) stands as JSON. */
export function whenWords(when: When): string {
  return Object.entries(when)
    .map(([key, value]) => partWords(key, value))
    .join(texts.join);
}

function partWords(key: string, value: unknown): string {
  const { or, not, comparisons } = texts.conditions;
  if ((key === "any" || key === "all") && Array.isArray(value) && value.every(isMapping)) {
    return value.map(whenWords).join(key === "any" ? or : texts.join);
  }
  if (key === "not" && isMapping(value)) return not(whenWords(value));
  const field = desk.profile.fields[key] ?? key;
  if (isMapping(value)) {
    return Object.entries(value)
      .map(
        ([sign, bound]) =>
          comparisons[sign]?.(field, valueWords(String(bound))) ?? JSON.stringify({ [key]: value }),
      )
      .join(texts.join);
  }
  const values = (Array.isArray(value) ? value : [value]).map(String).map(valueWords);
  return values.join(desk.profile.join);
}

const isMapping = (value: unknown): value is When =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function valueWords(value: string): string {
  const grade = /^[ABMCD]$/.test(value) ? desk.profile.grade(value) : undefined;
  return desk.profile.values[value] ?? grade ?? value;
}
