import { Refused } from "./api";
import { dropHostToken, takeHostToken } from "./session";
import type { Store } from "./storage";

/** Where the host's token comes from: the address of the full page, or the page that embeds the chat. */
export interface Tokens {
  /**
   * A token for a session that is opened now; undefined without one. `refused` is what the server did not
   * take, which is not given again. Rejected when the host cannot be reached.
   */
  get(refused?: string): Promise<string | undefined>;
  /** The taxpayer goes on without being signed in. */
  drop(): void;
}

/** The token of the full page; `fresh` says that it is another one than before, so another person may be here. */
export function pageTokens(store: Store): { tokens: Tokens; fresh: boolean } {
  let { token, fresh } = takeHostToken(store);
  return {
    fresh,
    tokens: {
      get: async (refused) => (token === refused ? undefined : token),
      drop: () => {
        token = undefined;
        dropHostToken(store);
      },
    },
  };
}

/** Whom a host's token names, short and not readable: tells one person from another, nothing more. */
export function personOf(token: string): string {
  let named = token;
  try {
    const body = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const { sub, taxpayer } = JSON.parse(atob(body)) as { sub?: string; taxpayer?: { id?: string } };
    if (sub) named = `${sub} ${taxpayer?.id ?? ""}`;
  } catch {
    // Not a token of the form we know; the server will say so.
  }
  return digest(named, 0x811c9dc5) + digest(named, 0x9e3779b9);
}

/** FNV-1a from a start of our choice. */
function digest(words: string, start: number): string {
  let hash = start;
  for (let index = 0; index < words.length; index += 1) {
    hash = Math.imul(hash ^ words.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}

/** Every token that the host has was refused. */
export class TokenRefused extends Error {}

/** Does something with the host's token, once more with another one when the first is refused. */
export async function withToken<T>(
  tokens: Tokens,
  work: (token: string | undefined) => Promise<T>,
): Promise<T> {
  const token = await tokens.get();
  try {
    return await work(token);
  } catch (error) {
    if (!token || !isRefusal(error)) throw error;
  }
  const other = await tokens.get(token);
  if (!other) throw new TokenRefused();
  try {
    return await work(other);
  } catch (error) {
    throw isRefusal(error) ? new TokenRefused() : error;
  }
}

const isRefusal = (error: unknown): boolean => error instanceof Refused && error.problem.status === 401;
