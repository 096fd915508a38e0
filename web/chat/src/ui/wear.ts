/**
 * Adds styles that were loaded late to the tree in which `element` stands, once: as a constructed sheet, which
 * no page's policy forbids, or as a file of ours in the WebViews that can't construct one.
 */
export function wear(element: Element, css: string, address: string): void {
  const tree = element.getRootNode() as Document | ShadowRoot;
  const worn = WORN.get(tree) ?? new Set<string>();
  if (worn.has(address)) return;
  WORN.set(tree, worn.add(address));
  if ("adoptedStyleSheets" in tree && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    tree.adoptedStyleSheets = [...tree.adoptedStyleSheets, sheet];
    return;
  }
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  ("host" in tree ? tree : document.head).appendChild(link);
}

const WORN = new WeakMap<Node, Set<string>>();
