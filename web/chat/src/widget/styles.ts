import css from "../styles/chat.css?inline";
import sheetAddress from "../styles/chat.css?url";

/**
 * Gives a shadow tree our styles: as a constructed sheet, which no page's policy forbids, or, in the WebViews of
 * 2020 that can't construct one, as a file of ours, which the page's policy must then allow.
 */
export function dress(shadow: ShadowRoot): Promise<void> {
  if ("adoptedStyleSheets" in shadow && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
    return Promise.resolve();
  }
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(sheetAddress, import.meta.url).href;
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () =>
      reject(new Error(`the style sheet ${link.href} did not load; does style-src allow it?`));
    shadow.insertBefore(link, shadow.firstChild);
  });
}
