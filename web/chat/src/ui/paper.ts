let sheets: HTMLIFrameElement | undefined;

/**
 * Prints the `.print` that stands in the same tree as `near`. A page of the bureau would be printed with all that
 * is on it: there the sheets go into a frame of their own, dressed by constructed style sheets, which no page's
 * policy forbids.
 */
export function printPaper(near: Element): void {
  const tree = near.getRootNode() as Document | ShadowRoot;
  if (!("host" in tree)) {
    window.print();
    return;
  }
  const paper = tree.querySelector(".print");
  sheets?.remove();
  sheets = document.createElement("iframe");
  // Not `hidden`: some browsers print nothing of what is not laid out.
  sheets.style.cssText = "position: fixed; width: 0; height: 0; border: 0";
  sheets.tabIndex = -1;
  document.body.append(sheets);
  const view = sheets.contentWindow as (Window & typeof globalThis) | null;
  if (!paper || !view) return;
  const page = view.document.createElement("div");
  page.className = "page page-history";
  page.append(view.document.importNode(paper, true));
  view.document.body.className = "daoban";
  view.document.body.append(page);
  view.document.documentElement.lang = near.closest("[lang]")?.getAttribute("lang") ?? "";
  view.document.adoptedStyleSheets = (tree.adoptedStyleSheets ?? []).map((sheet) => {
    const copy = new view.CSSStyleSheet();
    copy.replaceSync(Array.from(sheet.cssRules, (rule) => rule.cssText).join("\n"));
    return copy;
  });
  view.focus();
  view.print();
}
