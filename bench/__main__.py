"""`make bench`: turn latency and turns per second beside stock Rasa, the danger path with a dead engine, memory,
start-up, and what a sealed append, a translation, a claim and a training cost. Prints a table and writes
`docs/benchmarks.md`."""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
from rich.console import Console

from bench import stock
from bench.append import append_cost
from bench.claim import claim_cost
from bench.hostile import hostile_cost
from bench.load import SENTENCES, STOCK_SENTENCES, Measured, Visitor, measure, stock_talk
from bench.siege import siege_cost
from bench.training import training_cost
from bench.translation import translation_cost
from bot.operations.supervisor import free_port
from bot.settings import ROOT
from tests.support.gateway import Gateway, running

TURNS = 200
CLIENTS = 8
DANGER = ("hij slaat mij nu", "ik ben opgesloten en kan niet weg", "ze bloedt heel erg", "hij heeft een mes")

Row = tuple[str, str, str, str]


def megabytes(process: psutil.Process) -> float:
    """Resident memory of a process and its children; shared pages count once for each."""
    return sum(p.memory_info().rss for p in [process, *process.children(recursive=True)]) / 1e6


async def talk_to_inloop(url: str, sentences: tuple[str, ...], clients: int, turns: int) -> Measured:
    """`clients` people at once, each with an open event stream."""
    limits = httpx.Limits(max_connections=4 * clients, max_keepalive_connections=4 * clients)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
        visitors = [await Visitor(client).open() for _ in range(clients)]
        await measure([v.talk for v in visitors], sentences, 10)
        measured = await measure([v.talk for v in visitors], sentences, turns)
        for visitor in visitors:
            await visitor.close()
    return measured


async def talk_to_stock(url: str, clients: int, turns: int) -> Measured:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        # Every person is a new one, as for us: the stock tracker store gets slower with each turn of a conversation.
        stamp = time.time()
        talks = [stock_talk(client, f"{stamp}-{n}") for n in range(clients)]
        await measure(talks, STOCK_SENTENCES, 10)
        return await measure(talks, STOCK_SENTENCES, turns)


def measure_stock(console: Console) -> dict[str, float]:
    console.print("training and starting stock Rasa …")
    with stock.running(stock.prepare(ROOT / ".cache" / "stock-rasa")) as (url, process, started):
        one = asyncio.run(talk_to_stock(url, 1, TURNS))
        many = asyncio.run(talk_to_stock(url, CLIENTS, TURNS // 4))
        return {
            "median": one.median_ms, "p95": one.p95_ms, "many": many.per_second, "many_median": many.median_ms,
            "memory": megabytes(process), "start": started,
        }  # fmt: skip


def measure_inloop(console: Console, folder: Path) -> dict[str, float]:
    console.print("starting Inloop …")
    began = time.perf_counter()
    gateway = Gateway(folder, free_port())
    gateway.start(engine=False)
    serving = time.perf_counter() - began
    try:
        gateway.wait_for_engine()
        started = time.perf_counter() - began
        one = asyncio.run(talk_to_inloop(gateway.url, SENTENCES, 1, TURNS))
        many = asyncio.run(talk_to_inloop(gateway.url, SENTENCES, CLIENTS, TURNS // 4))
        assert gateway.process is not None
        own = psutil.Process(gateway.process.pid)
        return {
            "median": one.median_ms, "p95": one.p95_ms, "many": many.per_second, "many_median": many.median_ms,
            "memory": megabytes(own), "gateway_memory": own.memory_info().rss / 1e6,
            "start": started, "serving": serving,
        }  # fmt: skip
    finally:
        gateway.stop()


def measure_danger(folder: Path) -> Measured:
    """The card of a danger message, its engine dead."""
    env = {"INLOOP_ENGINE_URL": f"http://127.0.0.1:{free_port()}", "INLOOP_ENGINE_SECRET": "of-a-dead-engine-0000"}
    with running(folder, free_port(), engine=False, env=env) as gateway:
        return asyncio.run(talk_to_inloop(gateway.url, DANGER, 1, 100))


def rows(ours: dict[str, float], theirs: dict[str, float], danger: Measured, append: list[Row]) -> list[Row]:
    """The table: what, Inloop, stock Rasa, ratio."""

    def line(what: str, key: str, unit: str, better: str) -> Row:
        mine, other = ours[key], theirs[key]
        ratio = other / mine if better == "less" else mine / other
        return what, f"{mine:.1f} {unit}", f"{other:.1f} {unit}", f"{ratio:.1f} times better"

    return [
        line("one person: median of a turn", "median", "ms", "less"),
        line("one person: 95th percentile", "p95", "ms", "less"),
        line(f"{CLIENTS} people at once: turns a second", "many", "/s", "more"),
        line(f"{CLIENTS} people at once: median of a turn", "many_median", "ms", "less"),
        line("memory of all processes", "memory", "MB", "less"),
        ("memory of the gateway alone", f"{ours['gateway_memory']:.0f} MB", "", ""),
        line("start until the engine answers", "start", "s", "less"),
        ("start until a person is served (danger, menu, handoff)", f"{ours['serving']:.1f} s", "", ""),
        ("danger card, engine dead: median", f"{danger.median_ms:.1f} ms", "no such path", ""),
        ("danger card, engine dead: 95th percentile", f"{danger.p95_ms:.1f} ms", "", ""),
        *append,
    ]


def main() -> None:
    console = Console(stderr=True, highlight=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        theirs = measure_stock(console)
        (folder / "a").mkdir()
        (folder / "b").mkdir()
        ours = measure_inloop(console, folder / "a")
        danger = measure_danger(folder / "b")
        append = [*append_cost(folder), *translation_cost(folder), *claim_cost(folder), *siege_cost(folder)]
        append += [*hostile_cost(), *training_cost(folder)]
    table = rows(ours, theirs, danger, append)
    text = [
        "# Benchmarks",
        "",
        f"`make bench` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}. Both sides in one run; the clients share the machine.",
        "The baseline is what `rasa init` makes (Rasa 3.6.21), behind its REST channel: no storage, sealing, danger, "
        "queue or events.",
        "A turn of ours is from the POST of a message until its answer arrives on the event stream.",
        "",
        "| what | Inloop | stock Rasa | |",
        "| --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in table),
        "",
    ]
    print("\n".join(text))
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
