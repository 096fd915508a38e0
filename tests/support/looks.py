"""What is wrong with a page as it stands: by axe-core, by its boxes, by its language."""

from pathlib import Path

from playwright.sync_api import Page

from core.script import shown

AXE = Path("web/chat/node_modules/axe-core/axe.min.js")
REST = """() => new Promise((done, failed) => {
  const end = Date.now() + 10000;
  const moves = (each) =>
    each.playState === "running" && each.effect.getTiming().iterations !== Infinity;
  const look = () => {
    if (!document.getAnimations().some(moves)) done();
    else if (Date.now() > end) failed(new Error("the page does not come to rest"));
    else setTimeout(look, 20);
  };
  look();
})"""
"""Not by Playwright's own way to wait, which the policy of a bureau's page forbids."""
CUT = """() => {
  const WORDS = "button, a, p, h1, h2, h3, span, strong, li, label, legend, dt, dd, time";
  // At the end of a line the browser gives a full-width stop or bracket half its width.
  const spare = (element) => /[，。；：、！？）》】」』”]/.test(element.textContent)
    ? parseFloat(getComputedStyle(element).fontSize) / 2 : 2;
  const away = ".hidden, .skip, table, [hidden]";
  const faults = [];
  for (const element of document.querySelectorAll(`.page :is(${WORDS})`)) {
    const box = element.getBoundingClientRect();
    if (element.closest(away) || !box.width || !element.textContent.trim()) continue;
    const boxed = getComputedStyle(element).display !== "inline";
    const outside = box.right > innerWidth + 1 || box.left < -1;
    const wide = boxed && element.scrollWidth > element.clientWidth + spare(element);
    const high = boxed && getComputedStyle(element).overflowY === "hidden" &&
      element.scrollHeight > element.clientHeight + 2;
    if (outside || wide || high)
      faults.push(`${element.tagName} ${element.className}: ${element.textContent.slice(0, 40)}`);
  }
  for (const field of document.querySelectorAll(".page textarea")) {
    const style = getComputedStyle(field);
    const [line, above, below] = [style.lineHeight, style.paddingTop, style.paddingBottom];
    const room = field.clientHeight - parseFloat(above) - parseFloat(below);
    if (room + 1 < parseFloat(line)) faults.push(`${field.className}: no room for a line`);
  }
  const over = document.documentElement.scrollWidth - innerWidth;
  return over > 0 ? [...faults, `the page is ${over} px wider than the screen`] : faults;
}"""
SAID = """() => {
  const said = [];
  const take = (element, words) => {
    if (words?.trim()) said.push([element.closest("[lang]")?.lang ?? "", words.trim()]);
  };
  const walker = document.createTreeWalker(document.body);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement.closest("script, style, noscript"))
        take(node.parentElement, node.data);
    } else if (node.nodeType === Node.ELEMENT_NODE)
      for (const name of ["aria-label", "alt", "title", "placeholder"])
        take(node, node.getAttribute(name));
  }
  return [...said, [document.documentElement.lang, document.title]];
}"""
"""Every text with the language that it is marked to be in."""


def at_rest(page: Page) -> None:
    """Wait until nothing moves: what fades in is too pale while it does."""
    page.evaluate(REST)


def axe_faults(page: Page, project: Path) -> list[str]:
    """Return what axe-core finds on the page at rest."""
    at_rest(page)
    page.evaluate((project / AXE).read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run()")["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def cut_words(page: Page) -> list[str]:
    """Return what stands out of the window, or is larger than its box."""
    found: list[str] = page.evaluate(CUT)
    return found


def foreign_words(page: Page, language: str) -> list[str]:
    """Return what is not in the language it is marked to be in, or is not marked.

    Chinese within English is fine where it is marked as Chinese; Simplified Chinese within
    Traditional where it is marked as Simplified.
    """
    said = page.evaluate(SAID)
    return [words for marked, words in said if _is_foreign(words, marked, language)]


def _is_foreign(words: str, marked: str, language: str) -> bool:
    if marked != language and marked in ("zh-Hans", "zh-Hant", "en"):
        language = marked
    if language == "en":
        return any("㐀" <= each <= "鿿" for each in words)
    return shown(words, language) != words
