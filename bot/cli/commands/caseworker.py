"""`inloop caseworker`: one-time links for people who work on the desk."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence

from rich.console import Console

from bot import content
from bot.cli.commands.folder import prepare_folder
from bot.cli.commands.organisation import by_name
from bot.domain.names import name_key
from bot.domain.roles import CASEWORKER, COORDINATOR
from bot.oncall.pager import known
from bot.operations.first_vouching import note_done
from bot.runtime.clock import utc_now
from bot.settings import CONTENT, Settings
from bot.settings.page_key import page_key
from bot.storage.database import schema
from bot.storage.database.errors import Forbidden, LogInFailed, NotReadable, SlowDown
from bot.storage.store import PageAddress, Store


async def _open(settings: Settings) -> Store:
    return await Store.open(settings.database, clock=utc_now, root=page_key(settings))


async def add(settings: Settings, name: str, by: str, console: Console, organisation: str = "") -> int:
    """Prints the link. The key of the team's conversations is handed over by somebody who has it: for all but the
    first that is a caseworker who logs in here. The first one of an `organisation` coordinates it."""
    prepare_folder(settings.data_dir)
    schema.upgrade(settings.database)
    store = await _open(settings)
    try:
        where = await by_name(store, organisation) if organisation else None
        if organisation and where is None:
            console.print("There is no such organisation.")
            return 1
        link = await store.invite_first(name)
        if link is None:
            if not by:
                console.print("There are caseworkers already: name one with --by, or invite from the desk.")
                return 2
            password = getpass.getpass(f"Password of {by}: ")
            code = getpass.getpass(f"Code of {by}: ")
            try:
                cookie, session = await store.log_in(by, password, code)
            except (LogInFailed, NotReadable) as error:
                console.print("That log-in is not right." if isinstance(error, LogInFailed) else str(error))
                return 1
            except SlowDown as slow:
                console.print(f"Too many tries; again in {slow.retry_after} s.")
                return 1
            try:
                role = COORDINATOR if where is not None and not where.people else CASEWORKER
                link = await store.invite(name, session, role, where.id if where is not None else None)
            except Forbidden:
                console.print(f"{by} is no coordinator and no administrator.")
                return 1
            finally:
                await store.log_out(cookie)
        address = settings.public_url or f"http://{settings.host}:{settings.port}"
        console.print(f"{address}/desk/invite/{link}")
        return 0
    finally:
        await store.close()


async def page(
    settings: Settings, name: str, urls: Sequence[str], emails: Sequence[str], console: Console, *, remove: bool = False
) -> int:
    """Sets where a caseworker is paged; without an address it says what is set. The address itself is never printed."""
    if urls and known(urls) < len(urls):
        console.print("Apprise does not know how to reach one of these addresses.")
        return 2
    prepare_folder(settings.data_dir)
    schema.upgrade(settings.database)
    store, key = await _open(settings), page_key(settings)
    try:
        found = [person for person in await store.caseworkers() if name_key(person.name) == name_key(name)]
        if not found:
            console.print("There is no such caseworker.")
            return 1
        before = (await store.page_addresses(key))[0].get(found[0].id, PageAddress())
        if remove:
            await store.set_page_address(found[0].id, None, key)
            console.print(f"{found[0].name} is paged nowhere now.")
        elif urls or emails:
            address = PageAddress(tuple(urls) or before.urls, tuple(e.lower() for e in emails) or before.emails)
            await store.set_page_address(found[0].id, address, key)
            before = address
        if not remove:
            console.print(f"{found[0].name}: {len(before.urls)} page addresses, {len(before.emails)} for the calendar.")
        return 0
    finally:
        await store.close()


async def skills(
    settings: Settings, name: str, languages: Sequence[str] | None, capacity: int | None, console: Console
) -> int:
    """Sets the languages a caseworker reads and writes and how many cases they have at once; what is None stays."""
    codes = None
    if languages is not None:
        known = content.load(CONTENT)
        codes = [known.fallback(code) or "" for code in languages]
        if "" in codes:
            console.print(f"Known languages: {' '.join(language.code for language in known.languages)}")
            return 2
    prepare_folder(settings.data_dir)
    schema.upgrade(settings.database)
    store = await _open(settings)
    try:
        found = [person for person in await store.caseworkers() if name_key(person.name) == name_key(name)]
        if not found:
            console.print("There is no such caseworker.")
            return 1
        if codes is not None or capacity is not None:
            await store.set_skills(found[0].id, codes, capacity)
        able = await store.skills(found[0].id, settings.cases_at_once)
        console.print(f"{found[0].name}: {' '.join(able.languages) or 'no languages set'}; {able.capacity} cases")
        return 0
    finally:
        await store.close()


async def vouch(settings: Settings, sure: Callable[[str], bool], console: Console) -> int:
    """Everybody who could read from then on is shown before."""
    prepare_folder(settings.data_dir)
    schema.upgrade(settings.database)
    store = await _open(settings)
    try:
        for what in (found := await store.unvouched()):
            console.print(f"not vouched for: {what}")
        for person in await store.caseworkers():
            if person.active or person.pending:
                console.print(f"{person.name}: {person.role}{' (waits to be confirmed)' if person.pending else ''}")
        if not found:
            console.print("Every key and everybody is vouched for.")
        elif not sure("Is each of them a colleague, with the right role?"):
            return 1
        else:
            await store.vouch_for_all()
            console.print("Each of them is vouched for now, and the audit log says so.")
        note_done(settings.data_dir)
    finally:
        await store.close()
    return 0


async def show(settings: Settings, console: Console) -> int:
    """Prints the names and whether they can log in."""
    prepare_folder(settings.data_dir)
    schema.upgrade(settings.database)
    store = await _open(settings)
    try:
        for person in await store.caseworkers():
            state = "active" if person.active else "waits to be confirmed" if person.pending else "no access"
            console.print(f"{person.name}  {person.role}  {state}")
        return 0
    finally:
        await store.close()
