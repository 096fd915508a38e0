import type { Locale } from "../texts";
import type { FlowOffer, History, Outgoing, Page, Problem, Session } from "./contract";
import { toJson } from "./json";
import type { FilesAt } from "./transfer";

/** The server refused: a problem document of the contract. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** The server was not reached, or did not answer in time; sending again is right. */
export class Unreachable extends Error {}

async function call<T>(address: string, init: RequestInit, token?: string, seconds = 15): Promise<T> {
  const controller = new AbortController();
  const outer = init.signal;
  const stop = () => controller.abort();
  if (outer) outer.addEventListener("abort", stop);
  const timer = setTimeout(stop, seconds * 1000);
  const headers: Record<string, string> = { Accept: "application/json" };
  if (init.body) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    const response = await fetch(address, {
      ...init,
      headers,
      signal: controller.signal,
      cache: "no-store",
      credentials: "omit",
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
const post = (body: unknown): RequestInit => ({ method: "POST", body: toJson(body) });

/** The chat's half of the contract, at one server. */
export class Api {
  private readonly root: string;

  /** `base` is where the server is, as an absolute address that ends in a slash. */
  constructor(readonly base: string) {
    this.root = `${base}api/v1`;
  }

  openSession(locale: Locale, token?: string): Promise<Session> {
    return this.call("/chat/sessions", post({ locale, ...(token ? { token } : {}) }));
  }

  /** Signs in: the anonymous conversation joins the person's. */
  identify(session: Session, token: string): Promise<{ conversation_id: string; last_seq: number }> {
    return this.call(at(session, "/identify"), post({ token }), session.session_token);
  }

  sendMessage(session: Session, id: string, body: Outgoing): Promise<{ seq: number }> {
    return this.call(
      at(session, "/messages"),
      post({ client_message_id: id, ...body }),
      session.session_token,
    );
  }

  /** Says in which language the conversation goes on. */
  putLocale(session: Session, locale: Locale): Promise<void> {
    return this.call(at(session, "/locale"), { ...post({ locale }), method: "PUT" }, session.session_token);
  }

  markRead(session: Session, seq: number): Promise<void> {
    return this.call(at(session, "/read"), post({ seq }), session.session_token);
  }

  readLog(session: Session, after: number, wait: number, signal?: AbortSignal): Promise<Page> {
    return this.call(
      at(session, `/messages?after=${after}&wait=${wait}`),
      signal ? { signal } : {},
      session.session_token,
      Math.max(15, wait + 5),
    );
  }

  /** A page of what was ever said, the newest first: only what holds `words`, only what stands before a seq. */
  readHistory(session: Session, words: string, before?: number): Promise<History> {
    const asked = new URLSearchParams({ q: words, limit: "50" });
    if (before !== undefined) asked.set("before", String(before));
    return this.call(at(session, `/history?${asked}`), {}, session.session_token);
  }

  readFlows(session: Session, locale: Locale): Promise<FlowOffer[]> {
    return this.call(`/chat/flows?locale=${locale}`, {}, session.session_token);
  }

  filesAt(session: Session): FilesAt {
    return { address: this.root + at(session, "/files"), token: session.session_token };
  }

  /** The address of the socket. */
  streamUrl(session: Session): string {
    return this.root.replace(/^http/, "ws") + at(session, "/stream");
  }

  /**
   * Whether the server answers but does not let this page read its answers: a page of another origin that
   * is not on its list. Asks without the headers that would need a permission of their own.
   */
  async isClosedToThisPage(): Promise<boolean> {
    const address = `${this.root}/chat/sessions`;
    const answers = (mode: RequestMode) =>
      fetch(address, { mode, credentials: "omit" }).then(
        () => true,
        () => false,
      );
    return !(await answers("cors")) && (await answers("no-cors"));
  }

  private call<T>(path: string, init: RequestInit, token?: string, seconds?: number): Promise<T> {
    return call(this.root + path, init, token, seconds);
  }
}
