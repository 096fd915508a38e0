type Look = readonly [name: string, value: string];

const UNBOUND: readonly Look[] = [
  ["position", "static"],
  ["width", "auto"],
  ["height", "auto"],
  ["max-width", "none"],
  ["max-height", "none"],
  ["border", "0"],
  ["overflow", "visible"],
  ["box-shadow", "none"],
];
const AWAY: readonly Look[] = [["display", "none"]];

/**
 * What goes on paper: of a page of the bureau, the page without the chat; of the chat's history, the history
 * without the page. The result ends that.
 */
export function mindPaper(frame: HTMLElement, launcher: HTMLElement): () => void {
  const host = (frame.getRootNode() as ShadowRoot).host as HTMLElement;
  let restore: (() => void)[] = [];
  const set = (element: HTMLElement, looks: readonly Look[]) => {
    const before = element.getAttribute("style");
    for (const [name, value] of looks) element.style.setProperty(name, value, "important");
    restore.push(() => {
      element.style.cssText = before ?? "";
      // Asked for first, because Chromium notes late that the attribute is there.
      if (before === null && element.getAttribute("style") !== null) element.removeAttribute("style");
    });
  };
  const begin = () => {
    end();
    set(launcher, AWAY);
    if (frame.style.display === "none" || !frame.querySelector(".page-history")) {
      set(frame, AWAY);
      return;
    }
    set(document.body, AWAY);
    set(host, UNBOUND);
    set(frame, UNBOUND);
  };
  const end = () => {
    for (const undo of restore) undo();
    restore = [];
  };
  window.addEventListener("beforeprint", begin);
  window.addEventListener("afterprint", end);
  return () => {
    end();
    window.removeEventListener("beforeprint", begin);
    window.removeEventListener("afterprint", end);
  };
}
