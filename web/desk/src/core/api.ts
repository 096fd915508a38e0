import { clock } from "./clock";
import type {
  Detail,
  FileRef,
  FlowOut,
  Holder,
  ListState,
  Presence,
  Queue,
  Result,
  Row,
  Session,
  Staff,
  Tier,
} from "./contract";

const BASE = "/api/v1";

/** A refusal of the server (RFC 9457), or code `network` when there was no answer at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly holder: Holder | null = null,
    /** All that the server said. */
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }

  /** Whether trying again later may help. */
  get passing(): boolean {
    return this.code === "network" || this.status >= 500 || this.status === 429;
  }
}

/** Any failure as a `Problem`: what is none is a fault of the page and thrown on. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return new Problem(
    response.status,
    typeof body.code === "string" ? body.code : "unknown",
    typeof body.detail === "string" ? body.detail : response.statusText,
    holderOf(body.holder),
    body,
  );
}

function holderOf(value: unknown): Holder | null {
  if (typeof value !== "object" || value === null || !("name" in value)) return null;
  return value as Holder;
}

interface Call {
  method?: "GET" | "POST" | "PUT";
  body?: unknown;
  /** The call outlives the page. */
  keepalive?: boolean;
  timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
/** Ten megabytes over a slow line. */
const FILE_TIMEOUT_MS = 120_000;

/** The desk's calls; `token` is asked anew for each, a 401 is told to `onSignedOut` beside being thrown. */
export class Api {
  constructor(
    private readonly token: () => string | null,
    private readonly onSignedOut: () => void,
  ) {}

  signIn(username: string, password: string): Promise<Session> {
    return this.call("/staff/sign-in", { method: "POST", body: { username, password } }, null);
  }

  signOut(): Promise<void> {
    return this.call("/staff/sign-out", { method: "POST" });
  }

  me(): Promise<Staff & { presence?: Presence }> {
    return this.call("/staff/me");
  }

  async queues(): Promise<Queue[]> {
    return (await this.call<{ items: Queue[] }>("/desk/queues")).items;
  }

  list(state: ListState, limit: number): Promise<{ items: Row[]; next_cursor: string | null }> {
    return this.call(`/desk/consultations?state=${state}&limit=${limit}`);
  }

  consultation(id: string): Promise<Detail> {
    return this.call(path(id));
  }

  claim(id: string): Promise<Row> {
    return this.call(path(id, "claim"), { method: "POST" });
  }

  reply(
    id: string,
    client_message_id: string,
    text: string,
    files: readonly FileRef[] = [],
  ): Promise<{ seq: number }> {
    const carried = files.length > 0 ? { file_ids: files.map(({ file_id }) => file_id) } : {};
    return this.call(path(id, "messages"), { method: "POST", body: { client_message_id, text, ...carried } });
  }

  /** Takes a photo or document in; a message of this consultation sends it. */
  upload(id: string, file: File): Promise<FileRef> {
    const body = new FormData();
    body.append("file", file);
    return this.call(path(id, "files"), { method: "POST", body, timeoutMs: FILE_TIMEOUT_MS });
  }

  transfer(id: string, tier: Tier, reason: string, summary: string, keepalive: boolean): Promise<Row> {
    return this.call(path(id, "transfer"), { method: "POST", body: { tier, reason, summary }, keepalive });
  }

  release(id: string, keepalive: boolean): Promise<Row> {
    return this.call(path(id, "release"), { method: "POST", keepalive });
  }

  close(id: string, body: { result: Result; matter?: string; summary?: string }): Promise<Row> {
    return this.call(path(id, "close"), { method: "POST", body });
  }

  presence(wanted: Presence): Promise<Presence> {
    return this.call("/desk/presence", { method: "POST", body: wanted });
  }

  /** The content of a file; each read is audited. */
  async file(id: string, fileId: string): Promise<Blob> {
    const call = { timeoutMs: FILE_TIMEOUT_MS };
    const response = await this.send(
      `${path(id, "files")}/${encodeURIComponent(fileId)}`,
      call,
      this.token(),
    );
    try {
      return await response.blob();
    } catch {
      throw new Problem(0, "network", "cut off");
    }
  }

  async flows(): Promise<FlowOut[]> {
    return (await this.call<{ items: FlowOut[] }>("/desk/flows")).items;
  }

  sendFlow(id: string, flow_id: string): Promise<{ run_id: string; seq: number }> {
    return this.call(path(id, "flows"), { method: "POST", body: { flow_id } });
  }

  /** A protected value in full; who read it and why is audited. */
  async reveal(id: string, reference: string, reason: string): Promise<string> {
    const body = { reference, reason };
    return (await this.call<{ value: string }>(path(id, "reveal"), { method: "POST", body })).value;
  }

  /** Any other call of the contract; throws its `Problem`. */
  async call<T>(to: string, call: Call = {}, token: string | null = this.token()): Promise<T> {
    const response = await this.send(to, call, token);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** Returns a good answer and throws the `Problem` of any other. */
  private async send(to: string, call: Call, token: string | null): Promise<Response> {
    const headers: Record<string, string> = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    const form = call.body instanceof FormData ? call.body : undefined;
    if (call.body !== undefined && !form) headers["Content-Type"] = "application/json";
    const sentAt = Date.now();
    let response: Response;
    try {
      response = await fetch(BASE + to, {
        method: call.method ?? "GET",
        headers,
        body: form ?? (call.body === undefined ? undefined : JSON.stringify(call.body)),
        keepalive: call.keepalive ?? false,
        signal: call.keepalive ? undefined : AbortSignal.timeout(call.timeoutMs ?? TIMEOUT_MS),
        cache: "no-store",
      });
    } catch {
      throw new Problem(0, "network", "no answer");
    }
    clock.learn(response.headers.get("date"), sentAt);
    if (!response.ok) {
      const problem = await problemOf(response);
      // A late answer to an earlier sign-in must not end the present one.
      if (response.status === 401 && token !== null && token === this.token()) this.onSignedOut();
      throw problem;
    }
    return response;
  }
}

function path(id: string, action?: string): string {
  return `/desk/consultations/${encodeURIComponent(id)}${action ? `/${action}` : ""}`;
}
