import type { Session } from "./contract";

const SESSION = "daoban.desk.session";
const DRAFTS = "daoban.desk.drafts";

type Drafts = Record<string, string>;

function read<T>(key: string): T | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden store loses only the comfort of surviving a reload.
  }
}

/** The session of this tab; gone with the tab. */
export const keptSession = {
  read: (): Session | null => read<Session>(SESSION),
  write: (session: Session | null): void => write(SESSION, session),
};

/** What was being typed, by consultation; given only to the person who typed it. */
export const keptDrafts = {
  read: (staffId: string): Drafts => {
    const kept = read<{ staff: string; drafts: Drafts }>(DRAFTS);
    return kept?.staff === staffId ? kept.drafts : {};
  },
  write: (staffId: string | null, drafts: Drafts): void =>
    write(DRAFTS, staffId && Object.keys(drafts).length ? { staff: staffId, drafts } : null),
};

const LOCALE = "daoban.desk.locale";

/** The language of the desk, on this device and by staff member; "" is the last one chosen by anybody. */
export const keptLocale = {
  read: (staffId: string | undefined): string | undefined => {
    const kept = locales();
    return kept[staffId ?? ""] ?? kept[""];
  },
  write: (staffId: string | undefined, locale: string): void => {
    try {
      localStorage.setItem(LOCALE, JSON.stringify({ ...locales(), "": locale, [staffId ?? ""]: locale }));
    } catch {
      // Without a store the choice lasts as long as the page.
    }
  },
};

function locales(): Record<string, string> {
  try {
    return (JSON.parse(localStorage.getItem(LOCALE) ?? "{}") ?? {}) as Record<string, string>;
  } catch {
    return {};
  }
}
