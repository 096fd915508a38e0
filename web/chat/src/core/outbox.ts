import { Refused } from "./api";
import type { Input, Message, Outgoing, Problem } from "./contract";
import { newMessageId } from "./identity";
import type { Store } from "./storage";

/** queued: its turn comes; sending: on its way; waiting: not reached, sent again by itself; sent: has a seq, not yet in the log; refused: the server does not take it. */
export type SendState = "queued" | "sending" | "waiting" | "sent" | "refused";

export interface Unsent {
  id: string;
  body: Outgoing;
  /** What the taxpayer sees meanwhile; null for what leaves no bubble (a vote). */
  label: string | null;
  at: string;
  state: SendState;
  seq?: number;
  problem?: Problem;
}

export interface Courier {
  send(id: string, body: Outgoing): Promise<{ seq: number }>;
  /** The session ran out; the outbox waits until `resume`. */
  signedOut(): void;
  changed(items: readonly Unsent[]): void;
}

const KEY = "outbox";
const LONGEST_PAUSE = 30;

/** Waits of 1, 2, 4 ... at most 30 seconds between attempts. */
export const pauseAfter = (failures: number): number => Math.min(LONGEST_PAUSE, 2 ** failures) * 1000;

/**
 * Messages on their way, in the order they were written. Each keeps its id until it stands in the log, so
 * that sending it again, after a lost connection or a reload, can't double it.
 */
export class Outbox {
  private list: Unsent[];
  private busy = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private held = true;

  constructor(
    private readonly courier: Courier,
    private readonly store: Store,
  ) {
    const kept = store.get<Unsent[]>(KEY) ?? [];
    this.list = kept.map((item) => (item.state === "sending" ? { ...item, state: "waiting" } : item));
  }

  get items(): readonly Unsent[] {
    return this.list;
  }

  /** Puts a message in line. */
  add(id: string, body: Outgoing, label: string | null, at: string): void {
    this.update([
      ...this.list,
      { id, body, label, at, state: this.held || this.failures ? "waiting" : "queued" },
    ]);
    this.pump();
  }

  /** A session is open and the server within reach: send what waits, now. */
  resume(): void {
    this.held = false;
    this.failures = 0;
    clearTimeout(this.timer);
    this.pump();
  }

  /** No session: keep everything. */
  hold(): void {
    this.held = true;
    clearTimeout(this.timer);
  }

  /** Tries again now. What was refused is not stored anywhere: it goes out as a message of its own. */
  retry(id: string): void {
    const refused = this.list.some((item) => item.id === id && item.state === "refused");
    this.patch(id, { state: "queued", problem: undefined, ...(refused ? { id: newMessageId() } : {}) });
    this.resume();
  }

  discard(id: string): void {
    this.update(this.list.filter((item) => item.id !== id));
  }

  /** Another conversation: choices and votes point at seqs that mean nothing there; texts and runs go along. */
  keepOnlyTexts(): void {
    const stands = (item: Unsent) => "text" in item.body || isFlowInput(item);
    this.update(this.list.filter((item) => stands(item) && item.state !== "sent"));
  }

  clear(): void {
    this.update([]);
  }

  /** Drops what the log now holds. */
  settle(log: readonly Message[], last: number): void {
    const known = new Set(log.map((message) => message.client_message_id).filter(Boolean));
    const left = this.list.filter(
      (item) => !known.has(item.id) && !(item.state === "sent" && item.seq !== undefined && item.seq <= last),
    );
    if (left.length !== this.list.length) this.update(left);
  }

  private pump(): void {
    if (this.held || this.busy) return;
    const next = this.list.find((item) => item.state === "queued" || item.state === "waiting");
    if (!next) return;
    clearTimeout(this.timer);
    this.busy = true;
    this.patch(next.id, { state: "sending" });
    this.courier
      .send(next.id, next.body)
      .then(
        ({ seq }) => {
          this.failures = 0;
          this.patch(next.id, { state: "sent", seq });
          return true;
        },
        (error: unknown) => this.failed(next.id, error),
      )
      .then((goOn) => {
        this.busy = false;
        if (goOn) this.pump();
      });
  }

  /** Notes a failure; true when the next message may go at once. */
  private failed(id: string, error: unknown): boolean {
    const problem = error instanceof Refused ? error.problem : undefined;
    if (problem?.status === 401 || problem?.status === 403) {
      this.patch(id, { state: "waiting" });
      this.hold();
      this.courier.signedOut();
      return false;
    }
    if (problem && problem.status < 500 && problem.status !== 429) {
      this.patch(id, { state: "refused", problem });
      return true;
    }
    this.patch(id, { state: "waiting", problem });
    const pause = problem?.retryAfter ? problem.retryAfter * 1000 : pauseAfter(this.failures);
    this.failures += 1;
    this.timer = setTimeout(() => this.pump(), pause);
    return false;
  }

  private patch(id: string, change: Partial<Unsent>): void {
    this.update(this.list.map((item) => (item.id === id ? { ...item, ...change } : item)));
  }

  private update(list: Unsent[]): void {
    this.list = list;
    this.store.set(KEY, list);
    this.courier.changed(list);
  }
}

/** The input an unsent item carries, if it is one. */
export const inputOf = (item: Unsent): Input | undefined =>
  "input" in item.body ? item.body.input : undefined;

/** It begins a guided flow, answers it, or asks something else of it. */
export const isFlowInput = (item: Unsent): boolean => inputOf(item)?.type.startsWith("flow") === true;
