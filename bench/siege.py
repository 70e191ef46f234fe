"""How long a person in danger waits for the safety notice while a thousand clients attack, and in peace."""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path

from tests.support.gateway import running
from tests.support.ports import free_port
from tests.support.siege import PEOPLE, siege

SECONDS = 30.0

Row = tuple[str, str, str, str]


def siege_cost(folder: Path) -> list[Row]:
    """Rows for the table; the baseline is the same gateway before anybody attacks."""
    folder = folder / "siege"
    folder.mkdir()
    env = {"INLOOP_CONVERSATIONS_PER_MINUTE": "60", "INLOOP_MESSAGES_PER_MINUTE": "60"}
    with running(folder, free_port(), env=env) as gateway:
        assert gateway.process is not None
        figures = asyncio.run(siege(gateway.port, gateway.process.pid, SECONDS))
    what = f"safety notice while a thousand attack, {len(figures.cards)} of {PEOPLE} people; in peace"
    return [
        (f"{what}: {name}", f"{of(figures.cards):.2f} s", f"{of(figures.calm):.2f} s", "")
        for name, of in (("median", statistics.median), ("longest", max))
    ]
