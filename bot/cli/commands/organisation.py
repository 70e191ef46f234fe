"""`inloop organisation`: the centres that share this installation, and who is of which."""

from __future__ import annotations

from collections.abc import Awaitable

from rich.console import Console

from bot.cli.commands.asking import with_store
from bot.domain.names import name_key
from bot.settings import Settings
from bot.storage.database.errors import NameTaken
from bot.storage.store import Organisation, Store


async def by_name(store: Store, name: str) -> Organisation | None:
    """Return the organisation of that name, or None."""
    return next((o for o in await store.organisations() if name_key(o.name) == name_key(name)), None)


async def show(settings: Settings, console: Console) -> int:
    """Print the names, and how many people work in each."""
    async with with_store(settings) as store:
        for one in await store.organisations():
            console.print(f"{one.name}  {one.people} people", markup=False)
    return 0


async def add(settings: Settings, name: str, console: Console) -> int:
    """Make an organisation; 1 when there is one of that name, 2 when it is no name."""
    async with with_store(settings) as store:
        refused = await _refused(store.add_organisation(name), console)
    if refused:
        return refused
    console.print(f"{name} is there. Its first coordinator: inloop caseworker add NAME --by YOU --organisation ...")
    return 0


async def rename(settings: Settings, name: str, new: str, console: Console) -> int:
    """Give an organisation another name; codes as of `add`."""
    async with with_store(settings) as store:
        one = await by_name(store, name)
        if one is None:
            console.print("There is no such organisation.")
            return 1
        return await _refused(store.name_organisation(one.id, new), console)


async def _refused(naming: Awaitable[object], console: Console) -> int:
    """Await what gives a name; print why it is refused, and return the exit code, 0 where it is not."""
    try:
        await naming
    except NameTaken:
        console.print("There is an organisation of that name.")
        return 1
    except ValueError:
        console.print("A name has 1 to 80 characters.")
        return 2
    return 0


async def move(settings: Settings, name: str, caseworker: str, console: Console) -> int:
    """Somebody belongs to another organisation from now; the cases that they have wait where they are."""
    async with with_store(settings) as store:
        one = await by_name(store, name)
        person = next((p for p in await store.caseworkers() if name_key(p.name) == name_key(caseworker)), None)
        if one is None or person is None:
            console.print("There is no such organisation." if one is None else "There is no such caseworker.")
            return 1
        try:
            await store.move_caseworker(person.id, one.id)
        except ValueError:
            console.print(f"{person.name} is the last coordinator there: make another one first.")
            return 1
        console.print(f"{person.name}: {one.name}", markup=False)
    return 0
