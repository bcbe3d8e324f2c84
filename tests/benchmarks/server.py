"""One server process and a class of students: every client sends a new sentence every 5 s; waiting against being alone."""

import asyncio
import random
from statistics import median
from time import perf_counter

import psutil

from tests.benchmarks.client import Client
from tests.benchmarks.report import percentile, table, verdict
from tests.benchmarks.sentences import sentences
from tests.benchmarks.serve import Server, serve

CLIENTS, EVERY, SECONDS, TOKENS = 60, 5.0, 75.0, 14
ALONE = 60  # sentences of the single client before the class, and as many after it: the machine changes its pace
LIMIT = 3.0
CHOOSING = 30.0  # seconds that a class chooses heads
SCRUB_LIMIT = 1.1  # a class that flies costs what one costs that clicks: one message a rest; a tenth for the machine's noise


class Record:
    """The waits of some sentences, in seconds, and everything that went wrong."""

    def __init__(self):
        self.waits: list[float] = []
        self.errors: list[str] = []

    async def type(self, client: Client, text: str, due: float) -> None:
        """Type a sentence; the wait counts from when it was due, so that a late client cannot hide a slow server."""
        try:
            run = await client.type(text)
            await client.fetch(run, range(3, 4))  # the layer that is shown, without which there is no picture
        except Exception as error:  # a lost connection or no answer is a result, not the end of the measurement
            self.errors.append(f"{type(error).__name__}: {error}")
            return
        self.waits.append(perf_counter() - due)
        await client.fetch(run, range(3))
        await client.fetch(run, range(4, 6))
        if not run.succeeded or not run.charts:
            self.errors.append(str(run.exceptions or f"a run with {run.charts} charts"))


def main() -> None:
    """Print the waits of one client alone and of a whole class."""
    with serve() as server:
        asyncio.run(_measure(server))


async def _measure(server: Server) -> None:
    alone, together = Record(), Record()
    texts = sentences(TOKENS, CLIENTS * (int(SECONDS / EVERY) + 3) + 2 * (ALONE + 5))
    await _one_student(server, alone, texts)
    clients = [Client(server.port) for _ in range(CLIENTS)]
    try:
        for client in clients:
            await client.__aenter__()
            await client.open()
        process = psutil.Process(server.pid)
        busy = sum(process.cpu_times()[:2])
        chance, start = random.Random(0), perf_counter() + 0.5
        async with asyncio.TaskGroup() as group:
            for client in clients:
                group.create_task(_student(client, together, texts, start + chance.uniform(0, EVERY), start + SECONDS))
        busy = (sum(process.cpu_times()[:2]) - busy) / SECONDS
    finally:
        await asyncio.gather(*(client.__aexit__() for client in clients), return_exceptions=True)
    await _one_student(server, alone, texts)
    clicking, of_clicks = await _class_of_heads(server, lambda client, step: client.click(step % 12))
    scrubbing, of_scrubs = await _class_of_heads(server, lambda client, step: client.rest(step // 12 % 6, step % 12))

    rows = [_row("1 client alone", alone), _row(f"{CLIENTS} clients, each every {EVERY:.0f} s", together)]
    header = ("", "runs", "p50", "p95", "max", "errors")
    table(f"From sending a sentence of {TOKENS} tokens until its picture's numbers are there", header, rows)
    rows = [
        (*_row(f"{CLIENTS} click on a head", clicking), f"{of_clicks:.2f}"),
        (*_row(f"{CLIENTS} fly through heads, and rest", scrubbing), f"{of_scrubs:.2f}"),
    ]
    header = ("", "runs", "p50", "p95", "max", "errors", "busy cores")
    table(f"Choosing heads, each student every {EVERY:.0f} s: until the server has answered", header, rows)
    ratio = percentile(together.waits, 0.95) / median(alone.waits)
    errors = [*alone.errors, *together.errors, *clicking.errors, *scrubbing.errors]
    rows = [
        (f"p95 of {CLIENTS} / p50 of 1", *verdict(ratio, LIMIT)),
        ("busy cores: flying / clicking", *verdict(of_scrubs / of_clicks, SCRUB_LIMIT)),
        ("errors", *verdict(len(errors) + server.errors(), 0, 0)),
        ("busy cores of the server", f"{busy:.2f}", "", ""),
    ]
    table("Against the limits", ("", "measured", "limit", ""), rows)
    for error in sorted(set(errors))[:5]:
        print(f"  {errors.count(error)} × {error[:200]}")


async def _class_of_heads(server: Server, choose) -> tuple[Record, float]:
    """A class that chooses heads by `choose(client, step)`: the waits, and how many cores the server kept busy."""
    record, clients = Record(), [Client(server.port) for _ in range(CLIENTS)]

    async def student(client: Client, due: float, end: float, step: int) -> None:
        while due < end:
            await asyncio.sleep(max(due - perf_counter(), 0))
            step += 1
            try:
                run = await choose(client, step)
                record.waits.append(perf_counter() - due)
                record.errors += [str(run.exceptions)] if not run.succeeded else []
            except Exception as error:
                record.errors.append(f"{type(error).__name__}: {error}")
            due += EVERY

    try:
        for client in clients:
            await client.__aenter__()
            await client.open()
        process, chance = psutil.Process(server.pid), random.Random(0)
        busy, start = sum(process.cpu_times()[:2]), perf_counter() + 0.5
        async with asyncio.TaskGroup() as group:
            for number, client in enumerate(clients):
                group.create_task(student(client, start + chance.uniform(0, EVERY), start + CHOOSING, number))
        return record, (sum(process.cpu_times()[:2]) - busy) / CHOOSING
    finally:
        await asyncio.gather(*(client.__aexit__() for client in clients), return_exceptions=True)


async def _one_student(server: Server, record: Record, texts: list[str]) -> None:
    async with Client(server.port) as client:
        await client.open()
        for warm_up in range(5):
            await Record().type(client, texts.pop(), perf_counter() + warm_up)
        for _ in range(ALONE):
            await asyncio.sleep(0.2)
            await record.type(client, texts.pop(), perf_counter())


async def _student(client: Client, record: Record, texts: list[str], due: float, end: float) -> None:
    while due < end:
        await asyncio.sleep(max(due - perf_counter(), 0))
        await record.type(client, texts.pop(), due)
        due += EVERY


def _row(name: str, record: Record) -> tuple[str, ...]:
    waits = record.waits or [0.0]
    numbers = (median(waits), percentile(waits, 0.95), max(waits))
    return (name, str(len(record.waits)), *(f"{1000 * number:.0f} ms" for number in numbers), str(len(record.errors)))
