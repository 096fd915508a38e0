/** Where the knowledge area begins; all else is consultations. */
export const KNOWLEDGE = "#/kb";

type Leave = () => void;

/** Where in the page one is: what stands behind the address's `#`. What is not yet saved may hold one back. */
export class Place {
  private now = hashOf();
  private readonly listeners = new Set<() => void>();
  private guard: ((leave: Leave) => void) | null = null;

  constructor() {
    addEventListener("hashchange", () => {
      const wanted = hashOf();
      if (wanted === this.now) return;
      if (!this.guard) {
        this.move(wanted);
        return;
      }
      history.replaceState(null, "", this.now || "#");
      this.guard(() => this.move(wanted));
    });
  }

  get = (): string => this.now;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  go(to: string): void {
    if (to !== this.now) this.leave(() => this.move(to));
  }

  /** Does what leads away from here, once whoever guards this place lets go. */
  leave(away: Leave): void {
    if (this.guard) this.guard(away);
    else away();
  }

  /** Lets `ask` decide about every leaving; it calls what it is given to let go. Returns how to end that. */
  hold(ask: (leave: Leave) => void): () => void {
    this.guard = ask;
    return () => {
      if (this.guard === ask) this.guard = null;
    };
  }

  /** Goes there and asks nobody: what was here is done with. */
  move(to: string): void {
    this.guard = null;
    this.now = to;
    if (hashOf() !== to) location.hash = to;
    for (const listener of this.listeners) listener();
  }
}

function hashOf(): string {
  return location.hash;
}
