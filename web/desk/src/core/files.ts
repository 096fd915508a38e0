import { texts } from "../texts";
import { asProblem } from "./api";
import type { FileRef, Message, SentFile } from "./contract";

/** A photo's content: `gone` when its time was over. */
export type Content = { state: "loading" | "failed" | "gone" } | { state: "ready"; url: string };

/** The photos of one consultation: each is fetched once, when it is wanted, and let go of by `close`. */
export class Shelf {
  private readonly contents = new Map<string, Content>();
  private readonly listeners = new Set<() => void>();
  private opened = 0;

  constructor(private readonly fetch: (fileId: string) => Promise<Blob>) {}

  get = (fileId: string): Content | undefined => this.contents.get(fileId);

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Fetches a photo unless it is here, on its way or gone; what failed is tried again. */
  want(fileId: string): void {
    const state = this.contents.get(fileId)?.state;
    if (state === undefined || state === "failed") void this.load(fileId, this.opened);
  }

  close(): void {
    this.opened += 1;
    for (const content of this.contents.values()) {
      if (content.state === "ready") URL.revokeObjectURL(content.url);
    }
    this.contents.clear();
  }

  private async load(fileId: string, opened: number): Promise<void> {
    this.put(fileId, { state: "loading" });
    const content = await this.content(fileId, () => opened === this.opened);
    if (content) this.put(fileId, content);
  }

  private async content(fileId: string, wanted: () => boolean): Promise<Content | undefined> {
    try {
      const blob = await this.fetch(fileId);
      return wanted() ? { state: "ready", url: URL.createObjectURL(blob) } : undefined;
    } catch (error) {
      const state = asProblem(error).status === 404 ? "gone" : "failed";
      return wanted() ? { state } : undefined;
    }
  }

  private put(fileId: string, content: Content): void {
    this.contents.set(fileId, content);
    for (const listener of this.listeners) listener();
  }
}

export function isPhoto(file: FileRef): boolean {
  return file.type.startsWith("image/") && !!file.width;
}

/**
 * The photos that can be looked at, the oldest first. `sent` has the latest first; of a message just received
 * it knows nothing yet.
 */
export function photosOf(messages: readonly Message[], sent: readonly SentFile[]): FileRef[] {
  const removed = new Set(sent.filter((file) => file.removed).map((file) => file.file_id));
  const found = new Map<string, FileRef>();
  for (const file of [...sent].reverse()) found.set(file.file_id, file);
  for (const file of messages.flatMap((message) => message.meta?.files ?? [])) {
    if (!found.has(file.file_id)) found.set(file.file_id, file);
  }
  return [...found.values()].filter((file) => isPhoto(file) && !removed.has(file.file_id));
}

const KINDS: readonly (readonly [RegExp, keyof typeof texts.files.kinds])[] = [
  [/^image\//, "photo"],
  [/^application\/pdf$/, "pdf"],
  [/wordprocessingml/, "word"],
  [/spreadsheetml/, "excel"],
  [/^application\/ofd$/, "ofd"],
];

/** What a file is, in a word. */
export function kindOf(file: FileRef): string {
  const found = KINDS.find(([pattern]) => pattern.test(file.type));
  return texts.files.kinds[found?.[1] ?? "other"];
}

/** `640 B`, `180 KB`, `1.2 MB`. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1023.5) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
