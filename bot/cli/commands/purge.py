"""`inloop purge`: what the upkeep does every hour, now; or only what it would do."""

from __future__ import annotations

from collections import Counter

from rich.console import Console

from bot.operations.clock_guard import likely
from bot.operations.upkeep import SHELLS, purge
from bot.runtime.clock import utc_now
from bot.settings import Settings
from bot.settings.page_key import page_key
from bot.storage.database.errors import SchemaError
from bot.storage.store import Store


async def run(settings: Settings, dry_run: bool, console: Console, *, sure: bool = False) -> int:
    """Prints how many of each kind go (no number of a case, no name); 0, or 1 when the database cannot be used, or the
    clock cannot be believed and nobody is `sure` of it."""
    try:
        store = await Store.open(settings.database, clock=utc_now, root=page_key(settings))
    except SchemaError as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    try:
        rules = settings.retention
        if dry_run:
            counts = Counter((await store.due(rules)).values())
            counts[SHELLS] = await store.old_shells(rules)
        else:
            last = (await store.runs()).get("upkeep")
            if not sure and last is not None and not likely(store.now(), last.at):
                now = store.now()
                console.print(f"By this clock it is {now:%Y-%m-%d %H:%M} UTC, the last round was {last.at:%Y-%m-%d}.")
                console.print("Nothing was deleted. Is the clock right? inloop purge --yes")
                return 1
            counts = await purge(store, rules)
            await store.scrub()
            if sure:
                await store.note_run("upkeep", counts)
        for what in sorted(what for what, count in counts.items() if count):
            console.print(f"{counts[what]:>6}  {what}")
        console.print("Nothing was deleted." if dry_run or not counts.total() else "Deleted.")
    finally:
        await store.close()
    return 0
