"""Measures when the launcher is painted and when the opened chat is, in the demo's bureau.

Needs a running demo and Chromium; prints milliseconds, the median of several fresh browsers:
    python web/chat/dev/paint.py http://127.0.0.1:8000/bureau/ --chromium /usr/bin/chromium
"""

# A script of the workbench.
# ruff: noqa: INP001, T201

import argparse
from statistics import median

from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ROUNDS = 7
LAUNCHER = """
new MutationObserver((_, watcher) => {
  const host = document.querySelector("daoban-chat");
  if (!host) return;
  watcher.disconnect();
  requestAnimationFrame(() => setTimeout(() => {
    const [script] = performance.getEntriesByType("resource")
      .filter((entry) => entry.name.endsWith("/widget.js"));
    window.launcherAfter = performance.now() - script.responseEnd;
  }));
}).observe(document, { childList: true, subtree: true });
"""
WAIT = """
() => new Promise((done) => {
  const look = () => window.launcherAfter ? done(launcherAfter) : setTimeout(look, 5);
  look();
})
"""
OPENED = """
() => new Promise((done) => {
  const began = performance.now();
  const off = Daoban.on("open", () => {
    off();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  });
  Daoban.open();
})
"""


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("address")
    arguments.add_argument("--chromium")
    asked = arguments.parse_args()
    launcher, opened = [], []
    with sync_playwright() as driver:
        for _ in range(ROUNDS):
            browser = driver.chromium.launch(executable_path=asked.chromium, args=FLAGS)
            page = browser.new_page()
            page.add_init_script(LAUNCHER)
            page.goto(asked.address, wait_until="commit")
            launcher.append(page.evaluate(WAIT))
            opened.append(page.evaluate(OPENED))
            browser.close()
    print(f"launcher painted after widget.js arrived: {median(launcher):.0f} ms")
    print(f"chat painted after open(), nothing loaded before: {median(opened):.0f} ms")


if __name__ == "__main__":
    main()
