import type { Input } from "./contract";

/** What this tab answered, by seq or consultation: the log need not say which message an answer belongs to. */
export interface Given {
  readonly answers: Readonly<Record<number, string>>;
  readonly votes: Readonly<Record<number, boolean>>;
  readonly ratings: Readonly<Record<string, number>>;
}

export const NOTHING_GIVEN: Given = { answers: {}, votes: {}, ratings: {} };

/** With an answer remembered, or forgotten when it is taken back unsent. */
export function noted(notes: Given, input: Input, given: boolean): Given {
  const { answers, votes, ratings } = notes;
  const put = <T>(kept: Readonly<Record<string, T>>, key: string | number, value: T) => {
    const { [key]: _before, ...others } = kept as Record<string | number, T>;
    return given ? { ...others, [key]: value } : others;
  };
  switch (input.type) {
    case "choice":
      return { ...notes, answers: put(answers, input.ref_seq, input.id) };
    case "card":
      return { ...notes, answers: put(answers, input.ref_seq, input.action) };
    case "vote":
      return { ...notes, votes: put(votes, input.ref_seq, input.useful) };
    case "rating":
      return { ...notes, ratings: put(ratings, input.consultation_id, input.score) };
    default:
      return notes;
  }
}
