import { deviceStore } from "../core/storage";

const KEY = "large";

let shownIn: Element | undefined;

export const isLargeText = (): boolean => deviceStore.get<boolean>(KEY) === true;

/** 22 px instead of 16, remembered on this device. */
export function setLargeText(large: boolean): void {
  deviceStore.set(KEY, large);
  if (shownIn) showTextSize(shownIn);
}

/** Shows the chat in the size that was chosen; `root` is its outermost element. */
export function showTextSize(root: Element): void {
  shownIn = root;
  root.classList.toggle("large", isLargeText());
}
