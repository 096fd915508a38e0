import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { clock } from "../core/clock";
import type { Desk } from "../core/desk";
import type { State } from "../core/state";

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("no Desk above");
  return desk;
}

/** The whole state; every change renders anew, which at one desk's pace is cheap. */
export function useDeskState(): State {
  const desk = useDesk();
  return useSyncExternalStore(desk.store.subscribe, desk.store.get);
}

/** What stands behind the address's `#`. */
export function usePlace(): string {
  const { place } = useDesk();
  return useSyncExternalStore(place.subscribe, place.get);
}

/** The time in ms (see `core/clock`), told anew at every period. */
export function useNow(periodMs: number): number {
  const [time, setTime] = useState(() => clock.now());
  useEffect(() => {
    const timer = setInterval(() => setTime(clock.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return time;
}

/** A part of the state; renders anew only when that part is another one. */
export function useDeskPart<T>(part: (state: State) => T): T {
  const { store } = useDesk();
  return useSyncExternalStore(store.subscribe, () => part(store.get()));
}

export type Layout = "phone" | "tablet" | "wide";

const WIDE = matchMedia("(min-width: 1200px)");
const TABLET = matchMedia("(min-width: 720px)");

function layout(): Layout {
  return WIDE.matches ? "wide" : TABLET.matches ? "tablet" : "phone";
}

function onLayout(listener: () => void): () => void {
  WIDE.addEventListener("change", listener);
  TABLET.addEventListener("change", listener);
  return () => {
    WIDE.removeEventListener("change", listener);
    TABLET.removeEventListener("change", listener);
  };
}

/** Three columns, two with a drawer, or one at a time. */
export function useLayout(): Layout {
  return useSyncExternalStore(onLayout, layout);
}
