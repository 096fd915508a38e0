import type { Options } from "./contract";
import { mindPaper } from "./paper";
import { lockScroll } from "./scrollLock";

const NARROW = "(max-width: 599px), (max-height: 479px)";
const KEYS = ["keydown", "keypress", "keyup", "focusin", "focusout"];
const ABOVE_LAUNCHER = 64;

/** The frame in which the chat stands: beside the page on a computer, over it on a phone. */
export class Panel {
  /** Where the chat is drawn. */
  readonly root = document.createElement("div");
  private readonly frame = document.createElement("div");
  private readonly narrow = window.matchMedia(NARROW);
  private readonly freePaper: () => void;
  private unlock: (() => void) | undefined;
  private before: HTMLElement | undefined;
  private open = false;

  /** `leave` is asked for by Escape, `changed` follows when it turns between beside and over. */
  constructor(
    shadow: ShadowRoot,
    launcher: HTMLElement,
    private readonly options: Options,
    private readonly leave: () => void,
    private readonly changed: () => void,
  ) {
    this.root.className = "daoban";
    this.frame.tabIndex = -1;
    this.frame.setAttribute("role", "dialog");
    this.frame.appendChild(this.root);
    for (const name of KEYS) this.frame.addEventListener(name, this.keep);
    this.narrow.addListener(this.turn);
    const { visualViewport: view } = window;
    for (const target of view ? [view] : [window]) target.addEventListener("resize", this.fit);
    view?.addEventListener("scroll", this.fit);
    this.place();
    shadow.appendChild(this.frame);
    this.freePaper = mindPaper(this.frame, launcher);
  }

  /** It covers the page, as on a phone. */
  get covers(): boolean {
    return this.narrow.matches;
  }

  name(label: string, lang: string): void {
    this.frame.setAttribute("aria-label", label);
    this.frame.lang = lang;
  }

  show(takeFocus: boolean): void {
    if (this.open) return;
    this.open = true;
    this.place();
    if (takeFocus) this.takeFocus();
  }

  /** Gives the focus back to where it came from, if it was in here; `otherwise` has it when that is gone. */
  hide(otherwise: HTMLElement): void {
    if (!this.open) return;
    this.open = false;
    const inside = (this.frame.getRootNode() as ShadowRoot).activeElement !== null;
    this.place();
    if (inside) (this.before?.isConnected ? this.before : otherwise).focus({ preventScroll: true });
    this.before = undefined;
  }

  takeFocus(): void {
    const active = document.activeElement;
    if (active instanceof HTMLElement && active !== document.body && !active.contains(this.host))
      this.before = active === this.host ? undefined : active;
    // A phone's keyboard would cover what there is to read.
    const field = this.covers ? undefined : this.frame.querySelector<HTMLElement>("textarea");
    (field ?? this.frame).focus({ preventScroll: true });
  }

  end(): void {
    this.open = false;
    this.place();
    this.narrow.removeListener(this.turn);
    for (const target of [window.visualViewport, window]) {
      target?.removeEventListener("resize", this.fit);
      target?.removeEventListener("scroll", this.fit);
    }
    this.freePaper();
    this.frame.remove();
  }

  private get host(): Element {
    return (this.frame.getRootNode() as ShadowRoot).host;
  }

  private readonly turn = (): void => {
    this.place();
    if (this.open) this.changed();
  };

  /** Set property by property: a page's policy for styles does not touch that. */
  private place(): void {
    const { side, offset } = this.options;
    const covering = this.open && this.covers;
    const looks = this.covers
      ? "top:0;left:0;width:100%;height:100%"
      : `bottom:${offset + ABOVE_LAUNCHER}px;${side}:20px;width:400px;height:640px;max-width:calc(100% - 40px);` +
        `max-height:calc(100% - ${offset + ABOVE_LAUNCHER + 16}px);border:1px solid #87909c;border-radius:12px;` +
        "box-shadow:0 8px 32px rgba(31,35,41,.24)";
    this.frame.style.cssText =
      `position:fixed;display:${this.open ? "block" : "none"};box-sizing:border-box;overflow:hidden;` +
      `background:#f5f7fa;outline:none;pointer-events:auto;${looks}`;
    if (covering) this.frame.setAttribute("aria-modal", "true");
    else this.frame.removeAttribute("aria-modal");
    if (covering && !this.unlock) this.unlock = lockScroll();
    else if (!covering && this.unlock) {
      this.unlock();
      this.unlock = undefined;
    }
    this.fit();
  }

  /** Above the screen keyboard. A page that was zoomed in by fingers is left as it is. */
  private readonly fit = (): void => {
    if (!this.open || !this.covers) return;
    const view = window.visualViewport;
    if (view && Math.abs(view.scale - 1) > 0.01) return;
    const height = view?.height ?? window.innerHeight;
    const { style } = this.frame;
    style.top = `${Math.round(view?.offsetTop ?? 0)}px`;
    style.height = height < document.documentElement.clientHeight - 1 ? `${Math.round(height)}px` : "100%";
  };

  /** What happens inside concerns nobody outside: not a page's shortcuts, nor a dialog of its own that holds the focus. */
  private readonly keep = (event: Event): void => {
    event.stopPropagation();
    if (event.type !== "keydown") return;
    const key = event as KeyboardEvent;
    if (key.key === "Escape" && !key.isComposing) this.leave();
    else if (key.key === "Tab" && this.covers) this.turnRound(key);
  };

  /** Over the page, Tab stays inside. */
  private turnRound(event: KeyboardEvent): void {
    const stops = [
      ...this.frame.querySelectorAll<HTMLElement>("button, a[href], textarea, input, [tabindex='0']"),
    ].filter((stop) => stop.offsetParent !== null);
    const [first, last] = [stops[0], stops[stops.length - 1]];
    const active = (this.frame.getRootNode() as ShadowRoot).activeElement;
    const [edge, other] = event.shiftKey ? [first, last] : [last, first];
    if (active !== edge && !(event.shiftKey && active === this.frame)) return;
    event.preventDefault();
    other?.focus();
  }
}
