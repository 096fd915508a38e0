import type { Texts } from "./zh-Hans";

const span = (start = "ever", end = "further notice"): string => `from ${start} to ${end}`;

/** What the rules say against an entry, in English. */
export const texts: Texts = {
  empty: () => "Not filled in yet",
  bad_id: () => "Only letters, digits, dots and hyphens; it begins with a letter or digit",
  too_long: (v) => `At most ${v.most} characters`,
  bad_form: () => "This has the wrong form; fill it in again",
  few_aliases: (v) => `Wordings: ${v.count}; write ${v.least} at least`,
  twice: () => "Says the same as the question or a wording above; remove one",
  taken: (v) => `Entry ${v.id} has this wording already; leave it to one of them`,
  length: (v) => `Characters: ${v.count}; an answer has ${v.least} to ${v.most}, spaces not counted`,
  english_cases: (v) => `English answers by case: ${v.count}, Chinese: ${v.needed}; write one for each`,
  not_english: (v) => `There is Chinese in the English: ${v.text}`,
  unknown_entry: (v) => `There is no entry ${v.id}; mend or remove it`,
  unknown_document: (v) => `Document ${v.id} is not registered; choose another, or register it first`,
  unknown_provision: (v) => `The document has no provision ${v.id}; choose another`,
  undated: () => "Nothing says since when this holds; fill in the first day, or cite a source with a date",
  never: (v) => `It would hold ${span(v.start, v.end)}; check its days and those of its sources`,
  not_in_force: (v) =>
    `The source is in force ${span(v.source_start, v.source_end)}, the entry holds ${span(v.start, v.end)}; change its days or cite another`,
  leads_to_refusal: (v) => `Entry ${v.id} is a refusal, which nobody is led to; remove it`,
  nothing_follows: () => "Without cases nothing follows a general answer. Add cases, or remove the tick",
  not_for_kind: () => "Entries of this kind do not have this; clear it, or change the kind",
  only_guides: () => "Entries of this kind state no rule and cite guides only; remove this",
  condition_shape: () => 'A condition is written by fields, for example {"vat_status": "general"}',
  condition_depth: (v) => `Conditions are nested deeper than ${v.most}; simplify them`,
  condition_list: (v) => `${v.at}: write one condition at least`,
  condition_field: (v) => `There is no condition named ${v.given}`,
  condition_empty: (v) => `${v.at}: choose one at least`,
  condition_comparison: (v) => `${v.at}: compare it by ${v.use}`,
  condition_values: (v) => `More than ${v.most} values; use a tag instead`,
  condition_value: (v) => `${v.at}: ${v.given} does not fit`,
  condition_choice: (v) => `${v.at}: there is no ${v.given}; use ${v.use}`,
};
