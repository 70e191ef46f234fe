"""`inloop purge`: what the upkeep does every hour, now; or only what it would do."""

from __future__ import annotations

from collections import Counter

from rich.console import Console

from bot.operations.upkeep import SHELLS, purge
from bot.runtime.clock import utc_now
from bot.settings import Settings
from bot.storage.database.errors import SchemaError
from bot.storage.store import Store


async def run(settings: Settings, dry_run: bool, console: Console) -> int:
    """Prints how many of each kind go (no number of a case, no name); 0, or 1 when the database cannot be used."""
    try:
        store = await Store.open(settings.database, clock=utc_now)
    except SchemaError as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    try:
        rules = settings.retention
        if dry_run:
            counts = Counter((await store.due(rules)).values())
            counts[SHELLS] = await store.old_shells(rules)
        else:
            counts = await purge(store, rules)
            await store.scrub()
        for what in sorted(what for what, count in counts.items() if count):
            console.print(f"{counts[what]:>6}  {what}")
        console.print("Nothing was deleted." if dry_run or not counts.total() else "Deleted.")
    finally:
        await store.close()
    return 0
