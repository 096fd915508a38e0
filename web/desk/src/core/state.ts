import type { Attached } from "./attachments";
import type { Detail, ListState, Message, PresenceState, Queue, Row, Session, Tier } from "./contract";
import type { Outgoing } from "./log";
import type { Deferred } from "./undo";

/** `polling`: no socket, but the server answers; `lost`: nothing does. */
export type Link = "connecting" | "live" | "polling" | "lost";

/** A consultation that was opened, with its log. */
export interface Chat {
  detail: Detail;
  messages: readonly Message[];
  outgoing: readonly Outgoing[];
  /** Until when (ms, core/clock) the taxpayer counts as typing. */
  typingUntil: number;
  /** The last seq that the taxpayer has read, as far as it was told. */
  readSeq: number;
  /** It ended while we looked: the taxpayer left the queue, or ended it. */
  ended?: "left" | "ended";
}

/** A passing on that can still be taken back. */
export type Leaving = { consultation_id: string; who: string } & (
  | { kind: "release" }
  | { kind: "transfer"; tier: Tier; reason: string; summary: string }
);

export interface Toast {
  id: number;
  text: string;
  problem: boolean;
}

export interface State {
  session: Session | null;
  /** The session ended by itself; what was typed waits for the same person. */
  expired: boolean;
  signedOut: boolean;
  link: Link;
  queues: readonly Queue[];
  rows: Readonly<Record<ListState, readonly Row[] | null>>;
  /** Lists of which the server has more than is shown. */
  capped: Readonly<Partial<Record<ListState, boolean>>>;
  list: ListState;
  selected: string | null;
  chats: Readonly<Record<string, Chat>>;
  /** Consultations that could not be read. */
  unreadable: Readonly<Record<string, boolean>>;
  drafts: Readonly<Record<string, string>>;
  /** Files for the next message, by consultation. */
  attached: Readonly<Record<string, readonly Attached[]>>;
  unread: Readonly<Record<string, number>>;
  presence: PresenceState;
  /** Consultations that one takes at once; null for no limit. */
  capacity: number | null;
  leaving: readonly Deferred<Leaving>[];
  /** A claim on its way, by consultation. */
  claiming: string | null;
  toasts: readonly Toast[];
}

export const EMPTY: State = {
  session: null,
  expired: false,
  signedOut: false,
  link: "connecting",
  queues: [],
  rows: { waiting: null, mine: null, open: null, closed: null },
  capped: {},
  list: "waiting",
  selected: null,
  chats: {},
  unreadable: {},
  drafts: {},
  attached: {},
  unread: {},
  presence: "away",
  capacity: null,
  leaving: [],
  claiming: null,
  toasts: [],
};

/** Holds the state and tells who listens; made for `useSyncExternalStore`. */
export class Store {
  private state: State = EMPTY;
  private readonly listeners = new Set<() => void>();

  get = (): State => this.state;

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  setChat(id: string, change: (chat: Chat) => Chat): void {
    const chat = this.state.chats[id];
    if (chat) this.set({ chats: { ...this.state.chats, [id]: change(chat) } });
  }
}
