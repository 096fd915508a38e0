import { toJson } from "./json";

/**
 * What survives a reload. Everything about the person stays in sessionStorage, so that a shared computer
 * forgets it when the tab is closed; only the size of the text is kept for the next visit.
 */
const PREFIX = "daoban.chat.";

export interface Store {
  get<T>(key: string): T | undefined;
  set(key: string, value: unknown): void;
  remove(key: string): void;
}

/** A store over `area`; a WebView that forbids storage loses the reload, not the chat. */
export function jsonStore(area: () => Storage): Store {
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  return {
    get: <T>(key: string) =>
      attempt(() => {
        const raw = area().getItem(PREFIX + key);
        return raw === null ? undefined : (JSON.parse(raw) as T);
      }),
    set: (key, value) => attempt(() => area().setItem(PREFIX + key, toJson(value))),
    remove: (key) => attempt(() => area().removeItem(PREFIX + key)),
  };
}

export const tabStore = jsonStore(() => window.sessionStorage);
export const deviceStore = jsonStore(() => window.localStorage);
