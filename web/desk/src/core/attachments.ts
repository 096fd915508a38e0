import { type Api, asProblem } from "./api";
import type { FileRef } from "./contract";
import { newId } from "./outbox";
import type { Store } from "./state";

/** A file about to be sent; `code` says why it was not taken. */
export interface Attached {
  key: string;
  name: string;
  state: "uploading" | "ready" | "failed";
  file?: FileRef;
  code?: string;
}

/** Files that one message carries, as the server takes them. */
export const MOST_FILES = 9;

/** Takes files in for the next message of a consultation; they are kept only while this page stands. */
export class Attachments {
  constructor(
    private readonly store: Store,
    private readonly api: Pick<Api, "upload">,
  ) {}

  of(id: string): readonly Attached[] {
    return this.store.get().attached[id] ?? [];
  }

  /** Uploads a file; what is beyond the most is left aside. */
  async add(id: string, file: File): Promise<void> {
    if (this.of(id).length >= MOST_FILES) return;
    const key = newId();
    this.put(id, [...this.of(id), { key, name: file.name, state: "uploading" }]);
    try {
      const taken = await this.api.upload(id, file);
      this.change(id, key, { state: "ready", file: taken, name: taken.name });
    } catch (error) {
      this.change(id, key, { state: "failed", code: asProblem(error).code });
    }
  }

  remove(id: string, key: string): void {
    this.put(
      id,
      this.of(id).filter((each) => each.key !== key),
    );
  }

  /** Hands over what is ready; what failed stays to be seen. */
  take(id: string): readonly FileRef[] {
    const ready = this.of(id).filter(({ file }) => file !== undefined);
    this.put(
      id,
      this.of(id).filter(({ file }) => file === undefined),
    );
    return ready.map(({ file }) => file as FileRef);
  }

  /** Puts back what a message carried that was taken back unsent. */
  giveBack(id: string, files: readonly FileRef[]): void {
    const back = files.map((file) => ({ key: file.file_id, name: file.name, state: "ready" as const, file }));
    this.put(id, [...back, ...this.of(id)]);
  }

  private change(id: string, key: string, change: Partial<Attached>): void {
    this.put(
      id,
      this.of(id).map((each) => (each.key === key ? { ...each, ...change } : each)),
    );
  }

  private put(id: string, files: readonly Attached[]): void {
    this.store.set({ attached: { ...this.store.get().attached, [id]: files } });
  }
}
