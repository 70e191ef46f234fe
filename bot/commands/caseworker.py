"""`inloop caseworker`: one-time links for people who work on the desk."""

from __future__ import annotations

import getpass

from rich.console import Console

from bot.app import utc_now
from bot.commands.folder import prepare_folder
from bot.settings import Settings
from bot.storage import schema
from bot.storage.errors import LogInFailed, SlowDown
from bot.storage.store import Store


async def _open(settings: Settings) -> Store:
    return await Store.open(settings.database, clock=utc_now)


async def add(settings: Settings, name: str, by: str, console: Console) -> int:
    """Prints the link. The key of the team's conversations is handed over by somebody who has it: for all but the
    first that is a caseworker who logs in here."""
    prepare_folder(settings.data_dir)
    schema.upgrade(settings.database)
    store = await _open(settings)
    try:
        link = await store.invite_first(name)
        if link is None:
            if not by:
                console.print("There are caseworkers already: name one with --by, or invite from the desk.")
                return 2
            password = getpass.getpass(f"Password of {by}: ")
            code = getpass.getpass(f"Code of {by}: ")
            try:
                cookie, session = await store.log_in(by, password, code)
            except LogInFailed:
                console.print("That log-in is not right.")
                return 1
            except SlowDown as slow:
                console.print(f"Too many tries; again in {slow.retry_after} s.")
                return 1
            link = await store.invite(name, session)
            await store.log_out(cookie)
        address = settings.public_url or f"http://{settings.host}:{settings.port}"
        console.print(f"{address}/desk/invite/{link}")
        return 0
    finally:
        await store.close()


async def show(settings: Settings, console: Console) -> int:
    """Prints the names and whether they can log in."""
    prepare_folder(settings.data_dir)
    schema.upgrade(settings.database)
    store = await _open(settings)
    try:
        for person in await store.caseworkers():
            console.print(f"{person.name}  {'active' if person.active else 'invited'}")
        return 0
    finally:
        await store.close()
