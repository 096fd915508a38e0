export type Command =
  | "claim"
  | "next"
  | "transfer"
  | "release"
  | "close"
  | "undo"
  | "compose"
  | "attach"
  | "flow"
  | "presence"
  | "list_waiting"
  | "list_mine"
  | "list_all"
  | "row_up"
  | "row_down"
  | "side_situation"
  | "side_robot"
  | "side_history"
  | "help";

/** A key by its place on the board (`KeyboardEvent.code`), so that an input method does not matter. */
interface Binding {
  command: Command;
  code: string;
  /** What is printed on the key. */
  label: string;
}

/** All of these are pressed together with Alt: they work while typing too, and no browser uses them. */
export const BINDINGS: readonly Binding[] = [
  { command: "claim", code: "KeyJ", label: "J" },
  { command: "next", code: "KeyN", label: "N" },
  { command: "transfer", code: "KeyT", label: "T" },
  { command: "release", code: "KeyR", label: "R" },
  { command: "close", code: "KeyB", label: "B" },
  { command: "undo", code: "KeyZ", label: "Z" },
  { command: "compose", code: "KeyI", label: "I" },
  { command: "attach", code: "KeyU", label: "U" },
  { command: "flow", code: "KeyG", label: "G" },
  { command: "presence", code: "KeyP", label: "P" },
  { command: "list_waiting", code: "Digit1", label: "1" },
  { command: "list_mine", code: "Digit2", label: "2" },
  { command: "list_all", code: "Digit3", label: "3" },
  { command: "side_situation", code: "Digit4", label: "4" },
  { command: "side_robot", code: "Digit5", label: "5" },
  { command: "side_history", code: "Digit6", label: "6" },
  { command: "row_up", code: "ArrowUp", label: "↑" },
  { command: "row_down", code: "ArrowDown", label: "↓" },
  { command: "help", code: "Slash", label: "/" },
];

export interface Pressed {
  code: string;
  key: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  isComposing?: boolean;
  keyCode?: number;
}

/** The command of a key; `typing` when the focus is in a field of text, where `?` is a letter. */
export function commandOf(event: Pressed, typing: boolean): Command | null {
  if (composing(event) || event.ctrlKey || event.metaKey) return null;
  if (!event.altKey) return !typing && (event.key === "?" || event.key === "？") ? "help" : null;
  if (event.shiftKey) return null;
  return BINDINGS.find((each) => each.code === event.code)?.command ?? null;
}

/** Whether a key in the composer sends: Enter or Ctrl+Enter, but not the Enter that ends an input method's word. */
export function sends(event: Pressed): boolean {
  return event.key === "Enter" && !composing(event) && !event.shiftKey && !event.altKey;
}

/** Safari ends the word before the key comes and tells so only by code 229. */
function composing(event: Pressed): boolean {
  return event.isComposing === true || event.keyCode === 229;
}

/** As written on a button or in the help: "Alt+J". */
export function shown(command: Command): string {
  const found = BINDINGS.find((each) => each.command === command);
  return found ? `Alt+${found.label}` : "";
}
