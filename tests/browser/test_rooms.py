"""A class in real browsers: pupils follow within a second, answer, look around, and find everything again after a kill."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, SIZES


class Server:
    """The app at one address, to be killed and started again."""

    def __init__(self, port: int, **environment: str):
        self.address, self._environment = f"http://127.0.0.1:{port}", os.environ | environment
        options = {
            "server.port": port,
            "server.address": "127.0.0.1",
            "server.headless": "true",
            "server.fileWatcherType": "none",
        }
        self._command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            *(f"--{name}={value}" for name, value in options.items()),
        ]
        self.start()

    def start(self) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, **quiet)
        for _ in range(600):
            status, said = self.ready()
            if status == 200:
                return
            assert self.process.poll() is None
            assert said is None or said["reason"] == "The model is being loaded."
            time.sleep(0.2)
        raise AssertionError("the server is not ready")

    def ready(self) -> tuple[int, dict | None]:
        try:
            with urllib.request.urlopen(f"{self.address}/health/ready", timeout=2) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, None

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(60)

    def end(self) -> float:
        """Ask it to end; returns the seconds until it has."""
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        return time.monotonic() - began


@pytest.fixture
def server(tmp_path, unused_port):
    server = Server(unused_port, ATTENTION_DATABASE=f"sqlite:///{tmp_path / 'class.sqlite'}")
    yield server
    server.end()


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def room(page: Page):
    return page.locator(".st-key-page-room .room")


def says(page: Page):
    return room(page).locator(".says")


def follows(page: Page, place: str) -> None:
    expect(page, says(page).first.inner_text()).to_have_url(re.compile(place), timeout=20_000)


def test_a_class_follows_answers_looks_around_and_comes_back_after_a_kill(server, browser):
    width, height = SIZES["desktop"]
    contexts = [browser.new_context(viewport={"width": width, "height": height}) for _ in range(2)]
    contexts.append(browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True))
    teacher, near, phone = (context.new_page() for context in contexts)
    wrong: list[str] = []
    for page in (teacher, near, phone):
        page.on("pageerror", lambda error: wrong.append(str(error)))

    teacher.goto(f"{server.address}/compare")
    room(teacher).locator("summary").click(timeout=60_000)
    room(teacher).get_by_role("button", name="Start a room").click()
    expect(says(teacher)).to_contain_text("You lead")
    link = room(teacher).locator(".panel a").get_attribute("href")
    expect(room(teacher).locator(".qr svg")).to_be_visible()
    expect(room(teacher).locator(".panel")).to_contain_text("works on this machine alone")
    assert [one["id"] for one in Axe().run(teacher, context=".st-key-page-room").response["violations"]] == []
    near.goto(link)
    phone.goto(server.address)
    room(phone).locator("summary").click(timeout=60_000)
    room(phone).get_by_label("Code of a room").fill(link[-8:].lower())
    room(phone).get_by_role("button", name="Follow").click()
    for page in (near, phone):
        expect(says(page)).to_have_text("You follow the teacher", timeout=30_000)
        follows(page, "/compare")
    expect(says(teacher)).to_contain_text("2 follow")
    room(teacher).locator("summary").click()

    teacher.get_by_label("Sentence A").or_(teacher.locator(".st-key-text input")).first.fill("A cat slept because it was tired")
    teacher.keyboard.press("Enter")
    for page in (near, phone):
        follows(page, "A\\+cat\\+slept|A%20cat%20slept")

    room(near).get_by_role("button", name="Look around on my own").click()
    expect(says(near)).to_have_text("You look around on your own")
    expect(says(teacher)).to_contain_text("1 follows")
    teacher.locator(".st-key-head button", has_text=re.compile("^7$")).first.click()
    follows(phone, "head=7")
    assert "head=7" not in near.url
    room(near).get_by_role("button", name="Back to the teacher").click()
    follows(near, "head=7")

    room(teacher).locator("summary").click()
    room(teacher).get_by_label("Question").fill("Who is tired?")
    room(teacher).get_by_role("button", name="Ask", exact=True).click()
    room(teacher).locator("summary").click()
    box = room(phone).locator(".question")
    expect(box).to_contain_text("Who is tired?")
    box.get_by_role("button", name="cat").click()
    expect(box).to_contain_text("Counted.")
    room(near).locator(".question").get_by_role("button", name="it", exact=True).click()
    expect(room(teacher).locator(".question")).to_contain_text("2 answered")
    assert "%" not in box.inner_text()
    room(teacher).locator(".question").get_by_role("button", name="Reveal").click()
    for page in (near, phone):
        expect(room(page).locator(".question")).to_contain_text("50 %")
        expect(room(page).locator(".question")).to_contain_text("your answer")
        assert [one["id"] for one in Axe().run(page, context=".st-key-page-room").response["violations"]] == []
    room(teacher).locator(".question").get_by_role("button", name="Take away").click()
    expect(box).to_have_count(0)

    server.kill()
    server.start()
    for page, said in ((teacher, "You lead"), (near, "You follow"), (phone, "You follow")):
        expect(says(page)).to_contain_text(said, timeout=60_000)
        follows(page, "/compare.*head=7")
    expect(says(teacher)).to_contain_text("2 follow", timeout=20_000)
    assert wrong == []
    for context in contexts:
        context.close()
