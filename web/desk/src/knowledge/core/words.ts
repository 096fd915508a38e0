import { Problem } from "../../core/api";
import type { Holder } from "../../core/contract";
import { wordsOf as deskWords } from "../../core/words";
import { texts as desk } from "../../texts";
import { texts } from "../../texts/knowledge";
import { sentenceOf } from "../../texts/knowledge/faults";
import { rowsOf } from "./content";
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

/** A condition in words; one that says more than rows can stands as JSON. */
export function whenWords(when: When): string {
  const rows = rowsOf(when);
  if (!rows) return JSON.stringify(when);
  return rows.map(([, values]) => values.map(valueWords).join(desk.profile.join)).join(texts.join);
}

export function valueWords(value: string): string {
  const grade = /^[ABMCD]$/.test(value) ? desk.profile.grade(value) : undefined;
  return desk.profile.values[value] ?? grade ?? value;
}
