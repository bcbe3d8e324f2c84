"""Memory of the server: over many different sentences of one client, and over many sessions."""

import asyncio
import random
from time import monotonic

import psutil

from tests.benchmarks.client import Client
from tests.benchmarks.report import table, verdict
from tests.benchmarks.sentences import sentences
from tests.benchmarks.serve import Server, serve

SENTENCES, STEP = 2000, 250
WARM_UP = 500  # sentences; until then the caches and the allocator's pools fill up
LONGEST, SHORTEST = 40, 6  # tokens
GROWTH_LIMIT = 0.03  # of the memory after the warm-up; a trace kept for each sentence would be more than twice as much as all
SESSIONS = 40
PATIENCE = 900.0  # seconds


def main() -> None:
    """Print the resident memory while sentences and sessions come and go."""
    with serve() as server:
        asyncio.run(_measure(server))


async def _measure(server: Server) -> None:
    process = psutil.Process(server.pid)

    def megabytes() -> float:
        return process.memory_info().rss / 1e6

    lengths = range(SHORTEST, LONGEST + 1)
    texts = [text for tokens in lengths for text in sentences(tokens, 1 + SENTENCES // len(lengths))]
    random.Random(0).shuffle(texts)
    history, failed, end = [], 0, monotonic() + PATIENCE
    async with Client(server.port) as client:
        await client.open()
        for number, text in enumerate(texts[:SENTENCES]):
            if number % STEP == 0:
                history.append((number, megabytes()))
            if monotonic() > end:
                print(f"  stopped after {number} sentences: time is up")
                break
            run = await client.type(text)
            failed += not run.succeeded or not run.charts
        history.append((number + 1, megabytes()))
    rows = [(f"{count} sentences", f"{size:.0f} MB") for count, size in history]
    table(f"Resident memory of the server, sentences of {SHORTEST} to {LONGEST} tokens from one client", ("", "resident"), rows)
    settled = next((size for count, size in history if count >= WARM_UP), history[-1][1])
    growth = history[-1][1] / settled - 1
    rows = [(f"growth after {WARM_UP} sentences", *verdict(growth, GROWTH_LIMIT, 3)), ("failed runs", *verdict(failed, 0, 0))]
    table("Against the limits", ("", "measured", "limit", ""), rows)
    await _sessions(server, megabytes)


async def _sessions(server: Server, megabytes) -> None:
    """What one more open page costs."""
    before = megabytes()
    clients = [Client(server.port) for _ in range(SESSIONS)]
    try:
        for client in clients:
            await client.__aenter__()
            await client.open()
        during = megabytes()
    finally:
        await asyncio.gather(*(client.__aexit__() for client in clients), return_exceptions=True)
    rows = [(f"{SESSIONS} sessions", f"{before:.0f} MB", f"{during:.0f} MB", f"{(during - before) / SESSIONS:.2f} MB")]
    table("Memory of open pages", ("", "before", "while open", "each"), rows)
