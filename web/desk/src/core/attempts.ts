import type { Attempt, Context } from "./contract";

/** The turns in which the robot tried to answer; asking for a person is a turn too, but no try. */
export function attemptsOf(context: Context): readonly Attempt[] {
  return (context.attempts ?? []).filter((each) => each.decision || each.candidates?.length);
}
