import type { Content } from "./contract";

/** Text that is not yet saved, with the version it was begun on. */
export interface Unsaved {
  content: Content;
  /** 0 for an entry that is yet to be made. */
  base_version: number;
  note: string;
  /** Of an entry that is yet to be made. */
  id?: string;
}

/** Names the text of an entry that is yet to be made. */
export const NEW = "";

const key = (staffId: string) => `daoban.desk.knowledge.${staffId}`;

type Kept = Record<string, Unsaved>;

/** What one person has not saved, by entry; it outlives the page and the tab on this device. */
export class UnsavedTexts {
  constructor(
    private readonly staffId: string,
    private readonly store: Pick<Storage, "getItem" | "setItem" | "removeItem"> = localStorage,
  ) {}

  read(entryId: string): Unsaved | null {
    return this.all()[entryId] ?? null;
  }

  write(entryId: string, text: Unsaved | null): void {
    const { [entryId]: _, ...kept } = this.all();
    if (text) kept[entryId] = text;
    try {
      if (Object.keys(kept).length) this.store.setItem(key(this.staffId), JSON.stringify(kept));
      else this.store.removeItem(key(this.staffId));
    } catch {
      // A full or forbidden store loses only the comfort of surviving a reload.
    }
  }

  /** Entries with unsaved text. */
  ids(): string[] {
    return Object.keys(this.all());
  }

  private all(): Kept {
    try {
      return (JSON.parse(this.store.getItem(key(this.staffId)) ?? "{}") ?? {}) as Kept;
    } catch {
      return {};
    }
  }
}
