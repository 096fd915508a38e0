import type { KeyboardEvent } from "react";

/** Ctrl+Enter confirms a dialog from any of its fields. */
export function submitsForm(event: KeyboardEvent): boolean {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing;
}
