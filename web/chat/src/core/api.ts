import type { Locale } from "../texts";
import type { Outgoing, Page, Problem, Session } from "./contract";

const BASE = "/api/v1";

/** The server refused: a problem document of the contract. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** The server was not reached, or did not answer in time; sending again is right. */
export class Unreachable extends Error {}

async function call<T>(path: string, init: RequestInit, token?: string, seconds = 15): Promise<T> {
  const controller = new AbortController();
  const outer = init.signal;
  const stop = () => controller.abort();
  if (outer) outer.addEventListener("abort", stop);
  const timer = setTimeout(stop, seconds * 1000);
  const headers: Record<string, string> = { Accept: "application/json" };
  if (init.body) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    const response = await fetch(BASE + path, {
      ...init,
      headers,
      signal: controller.signal,
      cache: "no-store",
    });
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
    throw new Refused(await problemOf(response));
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Unreachable(String(error));
  } finally {
    clearTimeout(timer);
    if (outer) outer.removeEventListener("abort", stop);
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const wait = Number(response.headers.get("Retry-After"));
  return {
    status: response.status,
    code: typeof body.code === "string" ? body.code : "http_error",
    detail: typeof body.detail === "string" ? body.detail : "",
    ...(wait > 0 ? { retryAfter: wait } : {}),
  };
}

const at = (session: Session, rest: string) =>
  `/chat/sessions/${encodeURIComponent(session.session_id)}${rest}`;
const post = (body: unknown): RequestInit => ({ method: "POST", body: JSON.stringify(body) });

export const openSession = (locale: Locale, token?: string): Promise<Session> =>
  call("/chat/sessions", post({ locale, ...(token ? { token } : {}) }));

export const sendMessage = (session: Session, id: string, body: Outgoing): Promise<{ seq: number }> =>
  call(at(session, "/messages"), post({ client_message_id: id, ...body }), session.session_token);

/** Says in which language the conversation goes on. */
export const putLocale = (session: Session, locale: Locale): Promise<void> =>
  call(at(session, "/locale"), { ...post({ locale }), method: "PUT" }, session.session_token);

export const markRead = (session: Session, seq: number): Promise<void> =>
  call(at(session, "/read"), post({ seq }), session.session_token);

export const readLog = (session: Session, after: number, wait: number, signal?: AbortSignal): Promise<Page> =>
  call(
    at(session, `/messages?after=${after}&wait=${wait}`),
    signal ? { signal } : {},
    session.session_token,
    Math.max(15, wait + 5),
  );

/** The address of the socket on the page's own origin. */
export function streamUrl(session: Session): string {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}${BASE}${at(session, "/stream")}`;
}
