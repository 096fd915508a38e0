import { Refused } from "./api";
import type { Frame, Page } from "./contract";
import { toJson } from "./json";

/** connecting: never reached yet; up: the log is followed; down: lost, trying again. */
export type Link = "connecting" | "up" | "down";

export interface Wire {
  openSocket(): WebSocket;
  poll(after: number, wait: number, signal: AbortSignal): Promise<Page>;
  random(): number;
}

export interface Listener {
  /** The first frame of a socket; its `after` is the last seq held. */
  auth(): { session_token: string; after: number };
  frame(frame: Frame): void;
  page(page: Page): void;
  link(link: Link): void;
  /** The session is no longer ours; the connection has stopped itself. */
  signedOut(): void;
}

const SECOND = 1000;
export const TIMES = {
  opening: 10 * SECOND,
  silence: 30 * SECOND,
  pollWait: 25,
  socketRetry: 60 * SECOND,
  busy: 30 * SECOND,
  longestDelay: 30 * SECOND,
};
const SOCKET_ATTEMPTS = 2;
const NOT_SIGNED_IN = 4401;
const NOT_YOURS = 4403;
const TOO_MANY = 4429;

/** How long to wait before attempt number `attempt` (from 0), in ms: doubling, at most 30 s, the last half drawn at random. */
export function backOff(attempt: number, random: number): number {
  const ceiling = Math.min(TIMES.longestDelay, SECOND * 2 ** attempt);
  return Math.round(ceiling * (0.5 + random / 2));
}

/**
 * Follows a conversation's log. A socket first; after two sockets that never spoke, a long poll carries the
 * chat while a socket is tried again from time to time. Nothing for 30 s means the socket is dead.
 */
export class Connection {
  private socket: WebSocket | undefined;
  private heard = false;
  private deaf = 0;
  private attempt = 0;
  private polling: AbortController | undefined;
  private pollFailures = 0;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private wakePoll: (() => void) | undefined;
  private stopped = false;

  constructor(
    private readonly wire: Wire,
    private readonly listener: Listener,
  ) {}

  start(): void {
    this.listener.link("connecting");
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retry);
    this.dropSocket();
    this.stopPolling();
  }

  /** The network or the page came back: whatever waits is tried now. */
  wake(): void {
    if (this.stopped) return;
    this.wakePoll?.();
    if (!this.socket) {
      clearTimeout(this.retry);
      this.connect();
    }
  }

  /** The device says that it has no network: the socket is not worth waiting for. */
  sleep(): void {
    if (this.socket && !this.stopped) this.lost();
  }

  private connect(): void {
    if (this.stopped) return;
    this.heard = false;
    let socket: WebSocket;
    try {
      socket = this.wire.openSocket();
    } catch {
      this.lost();
      return;
    }
    this.socket = socket;
    this.listen(TIMES.opening);
    socket.onopen = () => {
      socket.send(toJson({ type: "auth", ...this.listener.auth() }));
      this.listen(TIMES.silence);
    };
    socket.onmessage = (event) => this.receive(socket, String(event.data));
    socket.onclose = (event) => {
      if (socket === this.socket) this.lost(event.code);
    };
  }

  private receive(socket: WebSocket, data: string): void {
    if (socket !== this.socket) return;
    this.listen(TIMES.silence);
    let frame: Frame;
    try {
      frame = JSON.parse(data) as Frame;
    } catch {
      return;
    }
    if (!this.heard) {
      this.heard = true;
      this.deaf = 0;
      this.attempt = 0;
      this.stopPolling();
      this.listener.link("up");
    }
    if (frame.type === "ping") socket.send('{"type":"pong"}');
    else this.listener.frame(frame);
  }

  private listen(milliseconds: number): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(), milliseconds);
  }

  private dropSocket(): void {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private lost(code?: number): void {
    const spoke = this.heard;
    this.dropSocket();
    if (this.stopped) return;
    if (code === NOT_SIGNED_IN || code === NOT_YOURS) {
      this.signOut();
      return;
    }
    if (!spoke) this.deaf += 1;
    if (!this.polling) this.listener.link("down");
    let delay = backOff(this.attempt, this.wire.random());
    this.attempt += 1;
    if (code === TOO_MANY) delay += TIMES.busy;
    if (this.deaf >= SOCKET_ATTEMPTS) {
      delay = TIMES.socketRetry;
      this.startPolling();
    }
    this.connectIn(delay);
  }

  private connectIn(milliseconds: number): void {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), milliseconds);
  }

  private signOut(): void {
    this.stop();
    this.listener.signedOut();
  }

  private startPolling(): void {
    if (this.polling) return;
    const controller = new AbortController();
    this.polling = controller;
    this.pollFailures = 0;
    void this.pollWhile(controller);
  }

  private stopPolling(): void {
    this.polling?.abort();
    this.polling = undefined;
    this.wakePoll?.();
  }

  private async pollWhile(controller: AbortController): Promise<void> {
    const { signal } = controller;
    let wait = 0;
    while (!signal.aborted) {
      try {
        const page = await this.wire.poll(this.listener.auth().after, wait, signal);
        if (signal.aborted) return;
        // The whole network was away, not only sockets: a socket may well work again.
        if (this.pollFailures > 0) this.connectIn(SECOND);
        this.pollFailures = 0;
        wait = TIMES.pollWait;
        this.listener.link("up");
        this.listener.page(page);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refused && [401, 403, 404].includes(error.problem.status)) {
          this.signOut();
          return;
        }
        wait = 0;
        this.listener.link("down");
        await this.pause(backOff(this.pollFailures, this.wire.random()));
        this.pollFailures += 1;
      }
    }
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wakePoll = () => {
        clearTimeout(timer);
        this.wakePoll = undefined;
        resolve();
      };
    });
  }
}
