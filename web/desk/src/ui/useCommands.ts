import { useEffect, useRef } from "react";
import { type Command, commandOf } from "../core/keys";
import { useDesk, useDeskState } from "./context";
import type { Dialog } from "./Screen";
import type { SideTab } from "./Side";
import { shownRows } from "./shownRows";
import { inHand, type Selected } from "./useSelected";

export const COMPOSER = "composer";
export const ATTACH = "attach";
export const PRESENCE = "presence";

interface Wiring {
  about: Selected | null;
  dialog: Dialog;
  setDialog(dialog: Dialog): void;
  showSide(tab: SideTab): void;
}

/** The keyboard of the whole desk. Nothing happens while a dialog is open: its own keys hold then. */
export function useCommands({ about, dialog, setDialog, showSide }: Wiring): void {
  const desk = useDesk();
  const state = useDeskState();

  function step(by: 1 | -1): void {
    const ids = shownRows(state).map((row) => row.consultation_id);
    const at = state.selected === null ? -1 : ids.indexOf(state.selected);
    const next = at < 0 ? ids[by === 1 ? 0 : ids.length - 1] : ids[at + by];
    if (next) desk.select(next);
  }

  const does: Record<Command, () => void> = {
    claim: () => about?.standing === "waiting" && void desk.claim(about.id),
    next: () => desk.next(),
    transfer: () => inHand(about) && setDialog("transfer"),
    release: () => about && inHand(about) && desk.release(about.id),
    attach: () => inHand(about) && document.getElementById(ATTACH)?.click(),
    flow: () => inHand(about) && setDialog("flow"),
    close: () => inHand(about) && setDialog("close"),
    undo: () => desk.undo(),
    compose: () => document.getElementById(COMPOSER)?.focus(),
    presence: () => document.querySelector<HTMLElement>(`#${PRESENCE} input:checked`)?.focus(),
    list_waiting: () => desk.show("waiting"),
    list_mine: () => desk.show("mine"),
    list_all: () => desk.show("open"),
    row_up: () => step(-1),
    row_down: () => step(1),
    side_situation: () => showSide("situation"),
    side_robot: () => showSide("robot"),
    side_history: () => showSide("history"),
    help: () => setDialog("keys"),
  };

  const latest = useRef({ does, dialog, expired: state.expired });
  useEffect(() => {
    latest.current = { does, dialog, expired: state.expired };
  });
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      const command = commandOf(event, isField(event.target));
      if (!command || latest.current.dialog || latest.current.expired) return;
      event.preventDefault();
      latest.current.does[command]();
    }
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== "radio")
  );
}
