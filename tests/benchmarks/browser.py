"""A Chromium that says when a click has become a picture."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, sync_playwright

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 30_000  # ms
# The moment, in ms since 1970, at which something was first to be seen.
_FIRST_SEEN = """
addEventListener("DOMContentLoaded", () => {
  const seen = window.firstSeen = {};
  const parts = {
    head: () => document.querySelector("body:has(h1) [data-testid=stTextInput] input"),
    picture: () => [...document.querySelectorAll(".st-key-head-stage *")]
      .some((one) => one.shadowRoot?.querySelector(".ready")),
  };
  const look = () => {
    for (const [name, isThere] of Object.entries(parts)) {
      if (name in seen || !isThere()) continue;
      requestAnimationFrame(() => { seen[name] ??= performance.timeOrigin + performance.now(); });
    }
    if (Object.keys(seen).length < 2) requestAnimationFrame(look);
  };
  look();
});
"""


@contextmanager
def browsing(width: int, height: int) -> Iterator[BrowserContext]:
    """A fresh browser with an empty cache, whose pages know when they were painted."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        try:
            context = browser.new_context(viewport={"width": width, "height": height})
            context.set_default_timeout(_PATIENCE)
            context.add_init_script(path=Path(__file__).with_name("painted.js"))
            context.add_init_script(_FIRST_SEEN)
            yield context
        finally:
            browser.close()


def painted(page: Page, target: Locator, charts: int, **click) -> float:
    """Click; the seconds until painted, `charts` charts showing another picture then (0: some text being another)."""
    page.bring_to_front()
    page.wait_for_timeout(250)
    page.evaluate("benchmark.arm()")
    target.click(**click)
    return page.wait_for_function(f"benchmark.done({charts})", polling=50).json_value() / 1000


def first_seen(page: Page, url: str, what: str) -> float:
    """Open an address; the time (as of time.time()) at which the page's 'head' or its first 'picture' was painted."""
    page.goto(url, wait_until="commit")
    return page.wait_for_function(f"window.firstSeen && firstSeen.{what}", polling=50).json_value() / 1000
