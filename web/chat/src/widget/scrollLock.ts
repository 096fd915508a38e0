type Kept = [HTMLElement, string | null];

/** Holds the page still behind a chat that covers it; the result gives it back as it was. */
export function lockScroll(): () => void {
  const { documentElement: root, body } = document;
  const [left, top] = [window.scrollX, window.scrollY];
  const kept: Kept[] = [root, body].map((element) => [element, element.getAttribute("style")]);
  const set = (element: HTMLElement, looks: Record<string, string>) => {
    for (const name of Object.keys(looks)) element.style.setProperty(name, looks[name] ?? "", "important");
  };
  set(root, { overflow: "hidden" });
  // iOS scrolls a page under whatever covers it unless the body is fixed.
  set(body, {
    overflow: "hidden",
    position: "fixed",
    top: `${-top}px`,
    left: `${-left}px`,
    right: "0",
    width: "auto",
  });
  return () => {
    // Not the attribute: a page's policy may forbid setting it, while the properties are free.
    for (const [element, style] of kept) element.style.cssText = style ?? "";
    root.style.scrollBehavior = "auto";
    window.scrollTo(left, top);
    for (const [element, style] of kept) {
      if (element === root) element.style.cssText = style ?? "";
      // Asked for first, because Chromium notes late that the attribute is there.
      if (style === null && element.getAttribute("style") !== null) element.removeAttribute("style");
    }
  };
}
