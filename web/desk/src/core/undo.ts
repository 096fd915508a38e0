import { clock } from "./clock";
export const UNDO_MS = 5_000;

export interface Deferred<T> {
  id: number;
  what: T;
  /** When (ms, core/clock) it is done. */
  due: number;
}

/** Actions that are done after five seconds unless they are taken back; leaving the page does them at once. */
export class UndoList<T> {
  private next = 1;
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();
  items: readonly Deferred<T>[] = [];

  constructor(
    private readonly run: (what: T, leaving: boolean) => Promise<void>,
    private readonly changed: () => void,
  ) {}

  add(what: T): void {
    const id = this.next++;
    this.items = [...this.items, { id, what, due: clock.now() + UNDO_MS }];
    this.timers.set(
      id,
      setTimeout(() => void this.fire(id, false), UNDO_MS),
    );
    this.changed();
  }

  /** Takes one back, the latest when none is named; false when there was nothing left to take back. */
  undo(id: number | undefined = this.items.at(-1)?.id): boolean {
    return id !== undefined && this.take(id) !== undefined;
  }

  /** Does all of them now; resolves when they are done. */
  async flush(): Promise<void> {
    await Promise.all(this.items.map(({ id }) => this.fire(id, true)));
  }

  private async fire(id: number, leaving: boolean): Promise<void> {
    const found = this.take(id);
    if (found) await this.run(found.what, leaving);
  }

  private take(id: number): Deferred<T> | undefined {
    const found = this.items.find((each) => each.id === id);
    if (found === undefined) return undefined;
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.items = this.items.filter((each) => each.id !== id);
    this.changed();
    return found;
  }
}
