import { personOf, type Tokens } from "../core/tokens";
import type { Token } from "./contract";

const PATIENCE = 15_000;

/**
 * The host's token as the page gives it. It stays in memory: not in the address, not in any store of the page.
 */
export class HostTokens implements Tokens {
  private source: Token | undefined;

  /** `needed` is called when the last token was refused and there is no other. */
  constructor(private readonly needed: () => void) {}

  async get(refused?: string): Promise<string | undefined> {
    const { source } = this;
    const token = typeof source === "function" ? await inTime(source) : source;
    if (token !== undefined && token === refused) {
      this.needed();
      return undefined;
    }
    return token || undefined;
  }

  drop(): void {
    this.source = undefined;
  }

  /** Takes what the page gave; tells whom it names, or undefined when nobody is signed in there. */
  async take(source: Token): Promise<string | undefined> {
    this.source = source;
    const token = await this.get();
    return token && personOf(token);
  }
}

function inTime(ask: () => string | undefined | Promise<string | undefined>): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the page gave no token in time")), PATIENCE);
    const end =
      <T>(then: (value: T) => void) =>
      (value: T) => {
        clearTimeout(timer);
        then(value);
      };
    // Inside a promise, so that a function that throws is one that rejects.
    new Promise<string | undefined>((give) => give(ask())).then(end(resolve), end(reject));
  });
}
