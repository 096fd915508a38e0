import type { Frame } from "./contract";

/** The part of a WebSocket that is used here. */
export type Socket = Pick<WebSocket, "onopen" | "onmessage" | "onclose" | "send" | "close">;

export const SILENCE_MS = 30_000;
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
const NOT_SIGNED_IN = 4401;

/** Milliseconds to wait before the n-th (from 0) new attempt: doubling, capped, jittered by half. */
export function backoff(attempt: number, random: () => number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return whole / 2 + (whole / 2) * random();
}

export interface Hooks {
  open(): Socket;
  token(): string | null;
  onFrame(frame: Frame): void;
  /** The server accepted us: everything is to be fetched anew. */
  onReady(): void;
  onDown(): void;
  onSignedOut(): void;
  random?: () => number;
}

/** The desk's socket. It answers pings, notices silence, and comes back by itself until stopped. */
export class Stream {
  private socket: Socket | null = null;
  private attempts = 0;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private ready = false;

  constructor(private readonly hooks: Hooks) {}

  get isReady(): boolean {
    return this.ready;
  }

  start(): void {
    this.stop();
    this.attempts = 0;
    this.connect();
  }

  stop(): void {
    clearTimeout(this.silence);
    clearTimeout(this.retry);
    const socket = this.socket;
    this.socket = null;
    this.ready = false;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  /** Tries at once instead of waiting, because the network came back or the page is looked at again. */
  hurry(): void {
    if (!this.ready && this.retry !== undefined) {
      clearTimeout(this.retry);
      this.connect();
    }
  }

  send(frame: object): void {
    if (this.ready) this.socket?.send(JSON.stringify(frame));
  }

  private connect(): void {
    this.retry = undefined;
    const socket = this.hooks.open();
    this.socket = socket;
    this.listen();
    socket.onopen = () => socket.send(JSON.stringify({ type: "auth", token: this.hooks.token() }));
    socket.onmessage = ({ data }) => this.receive(data);
    socket.onclose = ({ code }) => this.closed(code);
  }

  private receive(data: unknown): void {
    this.listen();
    const frame = parse(data);
    if (frame === null) return;
    if (frame.type === "ping") this.socket?.send(JSON.stringify({ type: "pong" }));
    else if (frame.type === "ready") {
      this.ready = true;
      this.attempts = 0;
      this.hooks.onReady();
    } else this.hooks.onFrame(frame);
  }

  /** A half-open socket says nothing: after 30 s without a frame it counts as gone. */
  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.closed(0), SILENCE_MS);
  }

  private closed(code: number): void {
    this.stop();
    if (code === NOT_SIGNED_IN) {
      this.hooks.onSignedOut();
      return;
    }
    this.hooks.onDown();
    this.retry = setTimeout(() => this.connect(), backoff(this.attempts, this.hooks.random ?? Math.random));
    this.attempts += 1;
  }
}

function parse(data: unknown): Frame | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as Frame) : null;
  } catch {
    return null;
  }
}
