import { FIELDS, same } from "./content";
import type { Conflict, Content } from "./contract";

/** Whose text of a field that both changed goes on. */
export type Pick = "theirs" | "yours";
export type Picks = Partial<Record<keyof Content, Pick>>;

/** A field that somebody changed: both (`conflict`), or one of the two. */
export interface ChangedField {
  field: keyof Content;
  kind: "conflict" | Pick;
}

/** What changed on either side since both began, in the order of the content. */
export function changedFields({ base, theirs, yours, conflicts }: Conflict): ChangedField[] {
  return FIELDS.flatMap((field): ChangedField[] => {
    if (conflicts.includes(field)) return [{ field, kind: "conflict" }];
    if (!same(base[field], theirs.content[field])) return [{ field, kind: "theirs" }];
    if (!same(base[field], yours[field])) return [{ field, kind: "yours" }];
    return [];
  });
}

/** The merged text with a choice made for each conflict; where none was made, yours goes on. */
export function resolved(conflict: Conflict, picks: Picks): Content {
  const theirs = conflict.conflicts.filter((field) => picks[field] === "theirs");
  return {
    ...conflict.merged,
    ...Object.fromEntries(theirs.map((field) => [field, conflict.theirs.content[field]])),
  };
}
