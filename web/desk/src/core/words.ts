import { texts } from "../texts";
import type { Problem } from "./api";

/** What a refusal says to staff: the server's own detail is in English and stays out. */
export function wordsOf(problem: Problem): string {
  if (problem.code === "already_claimed") {
    return problem.holder ? texts.problems.alreadyClaimed(problem.holder.name) : texts.problems.alreadyEnded;
  }
  if (problem.code === "not_holder" && problem.holder) return texts.problems.notHolder(problem.holder.name);
  return texts.problems.byCode[problem.code] ?? texts.problems.other;
}
