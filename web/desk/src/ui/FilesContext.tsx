import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { asProblem } from "../core/api";
import type { FileRef } from "../core/contract";
import { type Content, photosOf, Shelf } from "../core/files";
import type { Chat } from "../core/state";
import { useDesk } from "./context";

interface Files {
  shelf: Shelf;
  /** Ids of those whose time was over. */
  removed: ReadonlySet<string>;
  photos: readonly FileRef[];
  /** Id of the photo that is looked at, large. */
  open: string | null;
  see(fileId: string | null): void;
  download(file: FileRef): Promise<void>;
}

const FilesContext = createContext<Files | null>(null);

interface Props {
  id: string;
  chat: Chat | undefined;
  open: string | null;
  onSee(fileId: string | null): void;
  children: ReactNode;
}

/** The files of the consultation that is open; their contents go when another one is opened. */
export function FilesProvider({ id, chat, open, onSee, children }: Props) {
  const desk = useDesk();
  const shelf = useMemo(() => new Shelf((fileId) => desk.api.file(id, fileId)), [desk, id]);
  useEffect(() => () => shelf.close(), [shelf]);
  const sent = chat?.detail.context.files;
  const messages = chat?.messages;
  const files = useMemo<Files>(
    () => ({
      shelf,
      removed: new Set(sent?.filter((file) => file.removed).map((file) => file.file_id)),
      photos: photosOf(messages ?? [], sent ?? []),
      open,
      see: onSee,
      async download(file) {
        try {
          save(await desk.api.file(id, file.file_id), file.name);
        } catch (error) {
          desk.toastProblem(asProblem(error), file.name);
        }
      },
    }),
    [desk, id, shelf, sent, messages, open, onSee],
  );
  return <FilesContext value={files}>{children}</FilesContext>;
}

export function useFiles(): Files {
  const files = useContext(FilesContext);
  if (files === null) throw new Error("no FilesProvider above");
  return files;
}

/** The content of a photo, fetched as soon as it is `wanted`. */
export function useContent(fileId: string, wanted: boolean): Content | undefined {
  const { shelf } = useFiles();
  const content = useSyncExternalStore(shelf.subscribe, () => shelf.get(fileId));
  useEffect(() => {
    if (wanted && content === undefined) shelf.want(fileId);
  }, [shelf, fileId, wanted, content]);
  return content;
}

/** Whether an element was ever near the part that is seen. */
export function useSeen<T extends Element>(): [(element: T | null) => void, boolean] {
  const [element, setElement] = useState<T | null>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!element || seen) return;
    const watch = new IntersectionObserver(
      (all) => all.some((each) => each.isIntersecting) && setSeen(true),
      {
        rootMargin: "200px",
      },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [element, seen]);
  return [setElement, seen];
}

/** Lets the browser keep a file; what comes from outside is never opened as a page of ours. */
function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
