import { Refused } from "./api";
import type { FileRef } from "./contract";
import { newMessageId } from "./identity";
import { pauseAfter } from "./outbox";

/** A message carries at most so many. */
export const MOST = 9;
/** Bytes of one; the server takes no more. */
const LARGEST = 10 * 1024 * 1024;

/** preparing: made smaller; queued, uploading; waiting: not reached, goes on by itself; ready; refused: see `code`. */
export type UploadState = "preparing" | "queued" | "uploading" | "waiting" | "ready" | "refused";

export interface Upload {
  key: string;
  name: string;
  /** Bytes, as it will be sent. */
  size: number;
  picture: boolean;
  /** Of a picture, an object URL. */
  preview?: string | undefined;
  state: UploadState;
  /** How far it is, 0 to 1. */
  part: number;
  /** Why it was refused: a problem's code. */
  code?: string | undefined;
  file?: FileRef | undefined;
}

export interface Carrier {
  /** Makes a picture fit for a slow line; a file that it leaves alone comes back as it is. */
  shrink(file: File): Promise<File>;
  send(file: File, progress: (part: number) => void, stopped: AbortSignal): Promise<FileRef>;
  preview(file: File): string | undefined;
  drop(preview: string): void;
  changed(items: readonly Upload[]): void;
}

/** Files on their way up, one after the other, before a message carries them. A reload loses them. */
export class Uploads {
  private list: Upload[] = [];
  private readonly contents = new Map<string, File>();
  private stop: AbortController | undefined;
  private current: string | undefined;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly carrier: Carrier) {}

  get items(): readonly Upload[] {
    return this.list;
  }

  /** Adds files; returns how many were too many. */
  add(files: readonly File[]): number {
    const taken = files.slice(0, MOST - this.list.length);
    for (const file of taken) {
      const picture = file.type.startsWith("image/");
      const key = newMessageId();
      this.contents.set(key, file);
      const preview = picture ? this.carrier.preview(file) : undefined;
      const item: Upload = {
        key,
        name: file.name,
        size: file.size,
        picture,
        preview,
        state: "preparing",
        part: 0,
      };
      this.update([...this.list, item]);
      void this.prepare(key, file);
    }
    return files.length - taken.length;
  }

  remove(key: string): void {
    const item = this.list.find((each) => each.key === key);
    if (item?.preview) this.carrier.drop(item.preview);
    this.contents.delete(key);
    if (this.current === key) this.stop?.abort();
    this.update(this.list.filter((each) => each.key !== key));
  }

  /** Tries again what was refused or waits. */
  retry(key: string): void {
    this.patch(key, { state: "queued", code: undefined });
    this.resume();
  }

  /** The network is back. */
  resume(): void {
    this.failures = 0;
    clearTimeout(this.timer);
    this.pump();
  }

  /** Gives what is ready to a message and forgets all. */
  take(): FileRef[] {
    const files = this.list.flatMap(({ file }) => (file ? [file] : []));
    this.clear();
    return files;
  }

  clear(): void {
    for (const { key } of this.list.slice()) this.remove(key);
    clearTimeout(this.timer);
  }

  private async prepare(key: string, file: File): Promise<void> {
    const ready = await this.carrier.shrink(file).catch(() => file);
    if (!this.contents.has(key)) return;
    this.contents.set(key, ready);
    const tooLarge = ready.size > LARGEST;
    const state = tooLarge ? "refused" : "queued";
    this.patch(key, { size: ready.size, state, code: tooLarge ? "file_too_large" : undefined });
    this.pump();
  }

  private pump(): void {
    if (this.current !== undefined) return;
    const next = this.list.find(({ state }) => state === "queued" || state === "waiting");
    const content = next && this.contents.get(next.key);
    if (!next || !content) return;
    const { key } = next;
    clearTimeout(this.timer);
    this.current = key;
    this.stop = new AbortController();
    this.patch(key, { state: "uploading", part: 0 });
    this.carrier
      .send(content, (part) => this.patch(key, { part }), this.stop.signal)
      .then(
        (file) => {
          this.failures = 0;
          this.patch(key, { state: "ready", part: 1, file });
          return true;
        },
        (error: unknown) => this.failed(key, error),
      )
      .then((goOn) => {
        this.current = undefined;
        if (goOn) this.pump();
      });
  }

  /** True when the next one may go at once. */
  private failed(key: string, error: unknown): boolean {
    const problem = error instanceof Refused ? error.problem : undefined;
    const lasting = problem && problem.status !== 401 && problem.status !== 403;
    if (lasting) {
      this.patch(key, { state: "refused", code: problem.code });
      return true;
    }
    const removed = !this.contents.has(key);
    this.patch(key, { state: "waiting" });
    if (removed) return true;
    this.timer = setTimeout(() => this.pump(), pauseAfter(this.failures));
    this.failures += 1;
    return false;
  }

  private patch(key: string, change: Partial<Upload>): void {
    this.update(this.list.map((item) => (item.key === key ? { ...item, ...change } : item)));
  }

  private update(list: Upload[]): void {
    this.list = list;
    this.carrier.changed(list);
  }
}

/** 1536 as 1.5 KB, as people read sizes. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
