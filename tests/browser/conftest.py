"""A running server and a real Chromium."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pages.shared.frame.registry import BY_NAME, PAGES

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SIZES = {"desktop": (1440, 900), "projector": (1280, 720), "phone": (390, 844)}
CHARTS = ("x", "q", "k", "v", "scores", "scaled", "weights", "z")
expect.set_options(timeout=15_000)


@contextlib.contextmanager
def serving(script: str = "app.py", **environment: str):
    """A fresh server; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command = [sys.executable, "-m", "streamlit", "run", script, *(f"--{name}={value}" for name, value in options.items())]
    server = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            assert server.poll() is None, f"the server ended with code {server.returncode}"
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture(scope="session")
def address():
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    found = os.environ.get("CHROMIUM")
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = found or shutil.which(name)
    with sync_playwright() as playwright:
        # Without a browser of the system's own, Playwright takes the one that it installed.
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


class Screen:
    """A window of one size, whose first tab is used again and again: a fresh one compiles Plotly anew, which takes seconds."""

    def __init__(self, browser: Browser, size: str, address: str):
        self.width, self.height = SIZES[size]
        viewport = {"width": self.width, "height": self.height}
        self.context = browser.new_context(viewport=viewport, is_mobile=size == "phone", has_touch=size == "phone")
        self.address, self.complaints, self.in_use = address, [], False
        self.context.on("page", self._listen)
        self.first = self.context.new_page()

    def _listen(self, page: Page) -> None:
        complain = self.complaints.append
        page.on(
            "console", lambda message: complain(f"{message.text} {message.location['url']}") if _is_complaint(message) else None
        )
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("request", lambda request: complain(request.url) if _is_foreign(request.url, self.address) else None)

    def page(self) -> Page:
        """A tab, as new."""
        page = self.context.new_page() if self.in_use else self.first
        self.in_use = True
        return page

    def clear(self) -> list[str]:
        """Leave nothing behind for the next test; what the browser complained about in this one."""
        if self.in_use:
            for page in self.context.pages:
                if page is not self.first:
                    page.close()
            self.first.evaluate("localStorage.clear(); sessionStorage.clear()")
            self.first.mouse.move(0, 0)
            self.first.goto("about:blank")
            self.first.set_viewport_size({"width": self.width, "height": self.height})
        self.in_use = False
        complaints = self.complaints.copy()
        self.complaints.clear()
        return complaints


@pytest.fixture(scope="session")
def screens(browser, address):
    return {size: Screen(browser, size, address) for size in SIZES}


@pytest.fixture
def open_app(screens, address):
    """Opens an address of the app and fails afterwards if the browser complained or asked any other host."""

    def open_app(size: str = "desktop", theme: str = "light", path: str = "/", matrices: bool = True, **view) -> Page:
        page = screens[size].page()
        page.emulate_media(color_scheme=theme)
        page.goto(address + path + ("?" + urllib.parse.urlencode(view) if view else ""))
        last = BY_NAME.get(path.strip("/"), PAGES[0]).last
        expect(page.locator(f"{last}, .note").first).to_be_attached(timeout=60_000)
        settled(page)
        if path == "/" and matrices:
            open_matrices(page)
        return page

    yield open_app
    assert [complaint for screen in screens.values() for complaint in screen.clear()] == []


def open_matrices(page: Page) -> None:
    """Open the charts of Step by step, where there is a sentence."""
    matrices = page.get_by_text("Matrices: every number as a chart and as a table")
    if matrices.count():
        matrices.click()
        expect(page.locator(".arithmetic")).to_be_attached(timeout=60_000)
        settled(page)


def _is_complaint(message) -> bool:
    """Whether an error is the app's: Streamlit looks for its server below a page's own address first, and gets 404 there."""
    if message.type != "error":
        return False
    return not ("404" in message.text and re.search(r"/\w+/_stcore/(?:health|host-config)$", message.location["url"]))


def _is_foreign(url: str, address: str) -> bool:
    return not url.startswith((address, address.replace("http", "ws"), "data:", "blob:", "about:"))


def themes(page: Page):
    """The page in light and then in dark colours, as when somebody changes the theme while it is open."""
    for theme, background in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 21, 26)")):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(
            """background => [document.querySelector("[data-testid=stApp]"), ...document.querySelectorAll(".main-svg")]
                .every(one => ["rgba(0, 0, 0, 0)", background].includes(getComputedStyle(one).backgroundColor)) &&
                getComputedStyle(document.documentElement).getPropertyValue("--page") ===
                (background.startsWith("rgb(255") ? "#ffffff" : "#14151a")""",
            arg=background,
        )
        settled(page)
        yield theme


# Only what is broken: the selectors of all that passes take axe most of its time. Colours alone differ between themes.
AXE = {"resultTypes": ["violations"]}
AXE_OF = {"light": AXE, "dark": AXE | {"runOnly": ["color-contrast", "link-in-text-block"]}}


def serious(page: Page) -> list[tuple[str, str, list]]:
    """The violations of accessibility rules with an impact serious or critical, in both themes."""
    return [found for theme in themes(page) for found in serious_in(page, theme)]


def serious_in(page: Page, theme: str) -> list[tuple[str, str, list]]:
    """The violations in the theme that the page has."""
    return [
        (theme, rule["id"], [(node["html"][:200], node["failureSummary"]) for node in rule["nodes"][:3]])
        for rule in Axe().run(page, options=AXE_OF[theme]).response["violations"]
        if rule["impact"] in ("serious", "critical")
    ]


def assert_fits(page: Page) -> None:
    """Nothing scrolls sideways, no chart is empty, and none stands beyond the edge."""
    for scroller in ("document.documentElement", "document.querySelector('[data-testid=stMain]')"):
        assert page.evaluate(f"{scroller}.scrollWidth - {scroller}.clientWidth") <= 0
    for plot in page.locator(".js-plotly-plot").all():
        expect(plot.locator(".heatmaplayer image, .scatterlayer .trace, .barlayer .trace").first).to_be_attached()
    # Plotly draws once more when it has found the width of its column.
    page.wait_for_function(
        """() => [...document.querySelectorAll('.js-plotly-plot, .tile')]
            .every(one => one.getBoundingClientRect().right <= innerWidth)"""
    )


def settled(page: Page) -> None:
    """Wait until the script has come to rest."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
    calm = "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
    for _ in range(3):
        page.wait_for_timeout(80)
        page.wait_for_function(calm, timeout=60_000)


def chart(page: Page, name: str):
    """The plot of one matrix."""
    return page.locator(f".st-key-chart-{name} .js-plotly-plot")


def cell_point(page: Page, name: str, row: int, column: int) -> tuple[float, float]:
    """Where on the screen a cell's middle is; indices from 0."""
    plot = chart(page, name)
    expect(plot.locator(".cell-marks > div").first).to_be_attached()
    plot.scroll_into_view_if_needed()
    x, y = plot.evaluate(
        """(plot, [row, column]) => {
            const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.l2p(column), box.top + yaxis._offset + yaxis.l2p(row)];
        }""",
        [row, column],
    )
    return x, y


def picture_point(page: Page, name: str, row: int, column: int) -> tuple[float, float]:
    """Where on the screen a cell's middle is in a picture that the app draws itself; indices from 0."""
    root = page.locator(f".st-key-chart-{name} .matrix")
    expect(root).to_be_visible()
    root.scroll_into_view_if_needed()
    x, y = root.evaluate(
        """({picture: {canvas, layout: {box, down, over}}}, [row, column]) => {
            const {left, top} = canvas.getBoundingClientRect(), middle = ({edges}, at) => (edges[at] + edges[at + 1]) / 2;
            return [left + box.x + middle(over, column), top + box.y + middle(down, row)];
        }""",
        [row, column],
    )
    return x, y


def framed(page: Page, name: str) -> list[int]:
    """Which row and column are framed in such a picture, from 0."""
    root = page.locator(f".st-key-chart-{name} .matrix")
    return root.evaluate("({picture}) => { const {row, column} = picture.at(); return [row, column]; }")


def marks(page: Page, name: str) -> dict[str, int]:
    """Which positions (from 0) are framed on a chart, by role."""
    found = (
        chart(page, name)
        .locator(".cell-marks > div")
        .evaluate_all("frames => frames.map(frame => [frame.dataset.role, Number(frame.dataset.position)])")
    )
    return dict(found)
