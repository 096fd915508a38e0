import { useEffect, useState } from "preact/hooks";
import { Reader, type Reading } from "../core/reader";
import { sayable } from "../core/spoken";
import { deviceStore } from "../core/storage";
import type { Texts } from "../texts";

const KEY = "aloud";

/** The one voice of this page. */
export const reader = new Reader(window.speechSynthesis);

export const readsNew = (): boolean => deviceStore.get<boolean>(KEY) === true;
export const setReadsNew = (on: boolean): void => deviceStore.set(KEY, on);

/** What is being read aloud, and whether this device has a voice for the page's language at all. */
export function useReading(texts: Texts): { reading: Reading | undefined; able: boolean } {
  const [, draw] = useState(0);
  useEffect(() => reader.subscribe(() => draw((count) => count + 1)), []);
  return { reading: reader.reading, able: reader.speaks(texts.locale) };
}

/** Reads a text as it is spoken, at once or after the others. */
export function readAloud(seq: number, text: string, lang: string, texts: Texts, queued = false): void {
  const said = sayable(text, texts);
  if (queued) reader.append(seq, said, lang);
  else reader.read(seq, said, lang);
}

/** Silent when one leaves; the result ends that. */
export function stopOnLeaving(): () => void {
  const stop = () => reader.stop();
  const look = () => document.visibilityState === "hidden" && reader.stop();
  window.addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", look);
  return () => {
    stop();
    window.removeEventListener("pagehide", stop);
    document.removeEventListener("visibilitychange", look);
  };
}
