/** A difference that rounding to seconds and the way of an answer cannot make. */
const TOLERANCE_MS = 5_000;
/** What took longer says too little of when the server spoke. */
const PROMPT_MS = 3_000;

/** The time, by the server where this computer's clock is plainly another: waits and deadlines are the server's. */
class Clock {
  private offset = 0;

  /** Now, in ms. */
  now(): number {
    return Date.now() + this.offset;
  }

  /** Learn from the date of an answer that was asked for at `sentAt` (ms by this computer). */
  learn(date: string | null, sentAt: number): void {
    const told = date === null ? Number.NaN : Date.parse(date);
    const receivedAt = Date.now();
    if (Number.isNaN(told) || receivedAt - sentAt > PROMPT_MS) return;
    const found = told - receivedAt;
    this.offset = Math.abs(found) > TOLERANCE_MS ? found : 0;
  }
}

export const clock = new Clock();
