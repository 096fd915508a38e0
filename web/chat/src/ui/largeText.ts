import { deviceStore } from "../core/storage";

const KEY = "large";

export const isLargeText = (): boolean => deviceStore.get<boolean>(KEY) === true;

/** 22 px instead of 16, remembered on this device. */
export function setLargeText(large: boolean): void {
  deviceStore.set(KEY, large);
  showTextSize();
}

export function showTextSize(): void {
  document.documentElement.classList.toggle("large", isLargeText());
}
