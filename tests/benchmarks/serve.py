"""Streamlit servers for measuring: one process each, reachable from this machine only, always ended."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
# What every Streamlit app costs, whatever it shows: one picker and one line of text.
BARE = """
import streamlit as st

st.title("Bare", anchor=False)
st.text_input("Sentence")
head = st.segmented_control("Head", range(1, 13), default=1, required=True)
st.write(f"Head {head} is chosen.")
"""
_OPTIONS = {
    "server.headless": "true",
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": "false",
    "browser.gatherUsageStats": "false",
    "logger.level": "warning",
}


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    port: int
    pid: int
    healthy_at: float  # time.time() when it first answered its health check
    log: Path

    def errors(self) -> int:
        """How many stack traces the server has logged."""
        return self.log.read_text("utf-8", errors="replace").count("Traceback (most recent call last)")


@contextmanager
def serve(script: str = "app.py", folder: Path = ROOT, patience: float = 60) -> Iterator[Server]:
    """Run a Streamlit script in its own process until the block is left."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--{name}={value}" for name, value in (_OPTIONS | {"server.port": str(port)}).items()]
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch, "log")
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", script, *options],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            healthy_at = _wait(url, process, patience, log)
            yield Server(url, port, process.pid, healthy_at, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)


@contextmanager
def serve_bare() -> Iterator[Server]:
    """Run the bare app, from a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bare.py").write_text(BARE, "utf-8")
        with serve("bare.py", Path(folder)) as server:
            yield server


def _wait(url: str, process: subprocess.Popen, patience: float, log: Path) -> float:
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{url}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return time.time()
        except (URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError(f"The server did not start:\n{log.read_text('utf-8', errors='replace')[-2000:]}")
