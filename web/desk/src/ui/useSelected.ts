import { type Standing, serves, standing } from "../core/queue";
import type { Chat, Leaving } from "../core/state";
import type { Deferred } from "../core/undo";
import { useDeskState } from "./context";

/** The consultation that is open, and what one can do with it. */
export interface Selected {
  id: string;
  /** Undefined until it is read. */
  chat: Chat | undefined;
  unreadable: boolean;
  standing: Standing | undefined;
  leaving: Deferred<Leaving> | undefined;
  /** Whether one's roles take consultations at all. */
  takes: boolean;
}

export function useSelected(): Selected | null {
  const { session, selected, chats, leaving, unreadable } = useDeskState();
  if (!session || selected === null) return null;
  const chat = chats[selected];
  return {
    id: selected,
    chat,
    unreadable: unreadable[selected] === true,
    standing: chat && standing(chat.detail, session.staff),
    leaving: leaving.find((each) => each.what.consultation_id === selected),
    takes: serves(session.staff, "officer") || serves(session.staff, "expert"),
  };
}

/** Whether one may speak, pass on, give back and close: it is in hand and not on its way out. */
export function inHand(about: Selected | null): boolean {
  return about?.standing === "mine" && !about.leaving;
}
