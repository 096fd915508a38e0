import type { Session } from "./contract";
import type { Store } from "./storage";

const TOKEN = "token";
const SESSION = "session";

/**
 * The host's token: from `#token=...` of the address, which is cleaned at once so that it stays neither in
 * the address bar nor in the history; else the one kept for this tab. `fresh` says that it differs from the
 * one kept, so that what is stored belongs to someone else.
 */
export function takeHostToken(store: Store): { token: string | undefined; fresh: boolean } {
  const kept = store.get<string>(TOKEN);
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) history.replaceState(history.state, "", location.pathname + location.search);
  if (!given || given === kept) return { token: kept, fresh: false };
  store.set(TOKEN, given);
  return { token: given, fresh: true };
}

export const dropHostToken = (store: Store): void => store.remove(TOKEN);

/**
 * The session kept for this tab. Whether it still holds is for the server to say: by a device's wrong clock a
 * conversation would be lost at a reload.
 */
export const keptSession = (store: Store): Session | undefined => store.get<Session>(SESSION);
export const keepSession = (store: Store, session: Session): void => store.set(SESSION, session);
export const dropSession = (store: Store): void => store.remove(SESSION);
