const MARK = "daoban";

/** WeChat on iPhones answers a new entry of the history with a bar that takes the composer's room. */
const unwanted = (): boolean =>
  /MicroMessenger/i.test(navigator.userAgent) && /iPhone|iPad/.test(navigator.userAgent);

/**
 * Lets the back button close the chat: an entry on top of the page's own, with the page's state kept in it, so
 * that a router that reads it finds what it knows.
 */
export class BackButton {
  private mine = false;

  constructor(
    private readonly wanted: boolean,
    private readonly pressed: () => void,
  ) {
    window.addEventListener("popstate", this.popped);
  }

  take(): void {
    if (!this.wanted || this.mine || unwanted()) return;
    try {
      const state: unknown = history.state;
      history.pushState({ ...(typeof state === "object" ? state : {}), [MARK]: true }, "");
      this.mine = true;
    } catch {
      // A sandboxed frame has no history of its own; the chat has a button to close it.
    }
  }

  /** Closed in another way: the entry goes, unless the page has gone on from it. */
  give(): void {
    if (this.mine && (history.state as Record<string, unknown> | null)?.[MARK]) history.back();
    this.mine = false;
  }

  end(): void {
    this.give();
    window.removeEventListener("popstate", this.popped);
  }

  private readonly popped = (): void => {
    if (!this.mine) return;
    this.mine = false;
    this.pressed();
  };
}
