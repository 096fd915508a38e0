import { useState } from "react";
import type { Problem } from "../../core/api";
import { problemOf } from "../core/words";

/** Does a deed, once at a time; a refusal stays to be shown and what was written is kept. */
export function useDeed() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  async function run(deed: () => Promise<void>): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await deed();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, run };
}
