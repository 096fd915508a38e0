import type { FileRef } from "../core/contract";
import { useTexts } from "./context";
import { ExtraContext, Late, useLate, useLateTexts } from "./late";

export const FILES = new Late(() => import("./files/Tray"));

/** What a message carries; its names until the rest is loaded. */
export function LateFiles({ files }: { files: readonly FileRef[] }) {
  const texts = useTexts();
  const parts = useLate(FILES);
  const extra = useLateTexts();
  if (!parts || !extra)
    return <p class="bubble bubble-own">{texts.files.names(files.map(({ name }) => name))}</p>;
  return (
    <ExtraContext.Provider value={extra}>
      <parts.FilesView files={files} />
    </ExtraContext.Provider>
  );
}
