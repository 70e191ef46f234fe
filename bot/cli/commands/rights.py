"""`inloop access` and `inloop erase`: what a person may ask for by law, where they do not do it in the chat themselves.

By their return code, with nobody of the team reading along; or by the number of a case, by a coordinator who logs in.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from bot import content
from bot.cli.commands.asking import Refused, logged_in, opened_store, said, secret
from bot.desk.encrypted_zip import sealed_zip
from bot.desk.exports import SHORTEST, Export, Exporting
from bot.desk.supervision import Looking
from bot.domain.audit import Deed
from bot.domain.export_consent import Extent, mode
from bot.settings import CONTENT, Settings
from bot.storage.database.errors import Forbidden, StorageError
from bot.storage.store import Person, Store
from bot.web.desk.exports import files, rendered
from bot.web.desk.serialise import message_shown, told_shown

ASKED = "person_asked"


async def access(settings: Settings, number: str, by: str, language: str, to: Path, console: Console) -> int:
    """Writes everything of one conversation into an encrypted ZIP; the file is of this account alone."""
    store = await opened_store(settings)
    try:
        _refuse_taken(to)
        if number:
            async with logged_in(store, by) as session:
                password, words = _password(), content.load(CONTENT)

                def render(export: Export) -> dict[str, str]:
                    return rendered(words, _language(words, language, export.opened.case.language))(export)

                exporting = Exporting(store, Looking(store))
                _, sealed = await exporting.zip(session, number, ASKED, password, render)
        else:
            person, password = await _by_code(store), _password()
            found: dict[str, str | bytes] = {**await _texts(store, person, content.load(CONTENT), language)}
            found |= await _pictures(store, person)
            sealed = await asyncio.to_thread(sealed_zip, found, password)
        _write(to, sealed)
    except StorageError as error:
        return _refused(console, by, error)
    finally:
        await store.close()
    console.print(f"{to}: hand it over with its password, each by another way, and delete it here.")
    return 0


async def erase(settings: Settings, number: str, by: str, sure: Callable[[str], bool], console: Console) -> int:
    """Deletes one conversation: its keys and its content. `sure` is asked before, with what will go."""
    store = await opened_store(settings)
    try:
        if number:
            async with logged_in(store, by) as session:
                case = await Looking(store).find(session, number)
                if session.role != "coordinator":
                    raise Forbidden
                if not sure(f"Erase the conversation of case {case.number} ({case.state.value})?"):
                    raise Refused("Nothing was erased.")
                gone = await store.delete_conversation(case.conversation, "asked", actor=session.caseworker)
        else:
            person = await _by_code(store)
            if not sure("Erase the conversation of this return code?"):
                raise Refused("Nothing was erased.")
            gone = await store.delete_conversation(person.conversation)
        await store.scrub()
    except StorageError as error:
        return _refused(console, by, error)
    finally:
        await store.close()
    days = settings.backup_keys_days
    console.print(f"Erased; from the backups too within {days} days." if gone else "It had been deleted before.")
    return 0


async def _pictures(store: Store, person: Person) -> dict[str, bytes]:
    """Every picture that they sent, by the place of its message."""
    sent = [message.seq for message in await store.talk(person) if (message.choice or {}).get("kept")]
    found = {f"picture-{seq}.jpg": await store.picture(person, seq) for seq in sent}
    return {name: picture for name, picture in found.items() if picture is not None}


async def _texts(store: Store, person: Person, words: content.Catalogue, wanted: str) -> dict[str, str]:
    """What goes into the file; written down before. A talk in which nobody was asked for has no case number."""
    language = _language(words, wanted, person.language)
    looking, cases = Looking(store), await store.cases_of(person.conversation)
    case = cases[-1] if cases else None
    number = None if case is None else case.number
    await store.note_deed(Deed.EXPORTED, None, case=number, detail="zip", reason=ASKED)
    sheet = await store.sheet(person)
    if case is not None:
        return rendered(words, language)(Export(await looking.whole(case, person), Extent.ALL, mode(sheet), ASKED))
    messages = [message_shown(message) for message in await looking.messages(person)]
    shown = {"messages": messages, "told": told_shown(sheet, words, language)}
    return files("conversation", shown, words, language)


def _language(words: content.Catalogue, wanted: str, theirs: str | None) -> str:
    """The language of the page: the one that was asked for, else the person's, else the first there is."""
    return words.fallback(wanted) or words.fallback(theirs) or words.languages[0].code


async def _by_code(store: Store) -> Person:
    person = await store.read_by_return_code(secret("Return code"))
    if person is None:
        raise Refused("There is no conversation with this return code.")
    return person


def _password() -> str:
    password = secret(f"Password for the file ({SHORTEST} characters at least)")
    if len(password) < SHORTEST:
        raise Refused("The password for the file is too short.")
    return password


def _refuse_taken(to: Path) -> None:
    if to.exists():
        raise Refused(f"{to} is there already.")


def _write(to: Path, sealed: bytes) -> None:
    try:
        with os.fdopen(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            out.write(sealed)
    except OSError as error:
        raise Refused(f"{to} cannot be written: {error.strerror}") from None


def _refused(console: Console, by: str, error: StorageError) -> int:
    if isinstance(error, Forbidden):
        console.print(f"{by} is no coordinator.")
        return 1
    return said(console, error)
