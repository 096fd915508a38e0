import { useEffect, useRef, useState } from "preact/hooks";
import type { FileRef } from "../core/contract";
import type { Upload, Uploads } from "../core/uploads";
import { useChat } from "./context";
import { FILES } from "./LateFiles";
import { ExtraContext, useLateTexts } from "./late";

const NONE: readonly Upload[] = [];

export interface Files {
  items: readonly Upload[];
  /** All of them can be sent. */
  ready: boolean;
  add: (files: FileList | readonly File[] | null | undefined) => void;
  take: () => FileRef[];
  /** The network did not give what shows them. */
  failed: boolean;
  tooMany: boolean;
  uploads: Uploads | undefined;
}

/** The files beside the text being written. What shows and sends them is loaded with the first. */
export function useFiles(): Files {
  const { chat, state } = useChat();
  const uploads = useRef<Uploads>(undefined);
  const [items, setItems] = useState(NONE);
  const [failed, setFailed] = useState(false);
  const [tooMany, setTooMany] = useState(false);
  useEffect(() => () => uploads.current?.clear(), []);
  // Another person may sit here now.
  useEffect(() => uploads.current?.clear(), [state.conversation]);
  const add: Files["add"] = (given) => {
    const files = Array.from(given ?? []);
    if (files.length === 0) return;
    setFailed(false);
    FILES.get().then(
      ({ uploadsOf }) => {
        uploads.current ??= uploadsOf(chat, setItems);
        setTooMany(uploads.current.add(files) > 0);
      },
      () => setFailed(true),
    );
  };
  const take = () => {
    setTooMany(false);
    return uploads.current?.take() ?? [];
  };
  const ready = items.length > 0 && items.every(({ state: each }) => each === "ready");
  return { items, ready, add, take, failed, tooMany, uploads: uploads.current };
}

export function FilesTray({ files }: { files: Files }) {
  const extra = useLateTexts();
  const parts = FILES.loaded;
  if (!parts || !extra || !files.uploads || files.items.length === 0) return null;
  return (
    <ExtraContext.Provider value={extra}>
      <parts.Tray uploads={files.uploads} items={files.items} tooMany={files.tooMany} />
    </ExtraContext.Provider>
  );
}
