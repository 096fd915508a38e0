/**
 * Makes many wishes for the same fetch into few: one run a moment after the first wish, never two at once,
 * and one more when something was wished meanwhile.
 */
export function coalesce(run: () => Promise<void>, delayMs: number): () => void {
  let state: "idle" | "due" | "running" = "idle";
  let again = false;

  async function fire(): Promise<void> {
    state = "running";
    again = false;
    try {
      await run();
    } finally {
      state = "idle";
      if (again) wish();
    }
  }

  function wish(): void {
    if (state === "running") again = true;
    else if (state === "idle") {
      state = "due";
      setTimeout(() => void fire(), delayMs);
    }
  }

  return wish;
}
