"""`inloop recovery-key`: the paper with which a coordinator comes back in when every password is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from rich.console import Console

from bot.cli.commands.asking import Refused, key_lines, logged_in, opened_store, said
from bot.settings import Settings
from bot.storage.database.errors import Forbidden, NotReadable, RecoveryRefused
from bot.storage.sealing import recovery_words
from bot.storage.store import DeskSession, Store

FIRST, SECOND = "Recovery key, or a half of it", "The other half (empty if there is none)"


async def create(settings: Settings, by: str, split: bool, paper: Console, console: Console) -> int:
    """Prints the words on standard output, for a printer or a pen, and what to do with them."""
    store = await opened_store(settings)
    try:
        async with logged_in(store, by) as session:
            number, lines = await store.make_recovery_key(session, split=split)
            _hand_over(number, lines, split, paper, console)  # at once: the key of before is worth nothing already
            await _settled(store, session, console)
    except Forbidden:
        console.print(f"{by} is no coordinator.")
        return 1
    except (Refused, NotReadable) as error:
        return said(console, error)
    finally:
        await store.close()
    return 0


def _hand_over(number: int, lines: list[str], split: bool, paper: Console, console: Console) -> None:
    for line in lines:
        paper.print(line)
    papers = "two papers, for two people; both are needed" if split else "paper"
    console.print(f"\nRecovery key {number}. Write it on {papers}, away from this machine; it is shown this once.")
    console.print("An older recovery key opens nothing any more. Try this one: [bold]inloop recovery-key check[/]")


async def _settled(store: Store, session: DeskSession, console: Console) -> None:
    try:
        await store.settle(session)
    except Exception as error:  # noqa: BLE001 - the words are good; a driver's may hold the address with its password
        console.print(
            f"What is closed is not sealed to it yet ({type(error).__name__}): that is done when a coordinator logs in."
        )


async def check(settings: Settings, key_file: Path | None, console: Console) -> int:
    """Whether the words are right and open the team's key; changes nothing."""
    store = await opened_store(settings)
    try:
        lines = key_lines(key_file, FIRST, SECOND)
        if len(lines) == 1 and (kind := recovery_words.part(lines[0])[0]) != recovery_words.WHOLE:
            console.print(f"This is {recovery_words.NAMES[kind]}, without a fault. What it opens shows with the other.")
            return 0
        found = await store.check_recovery_key(recovery_words.read(lines))
    except (Refused, RecoveryRefused) as error:
        return said(console, error)
    finally:
        await store.close()
    console.print(f"Recovery key {found.id} of {found.created_at:%Y-%m-%d} is right: it opens the team's key.")
    return 0


async def use(settings: Settings, name: str, key_file: Path | None, paper: Console, console: Console) -> int:
    """Prints a one-time link for a coordinator. That it was used stands in the audit log."""
    store = await opened_store(settings)
    try:
        link = await store.recover(recovery_words.read(key_lines(key_file, FIRST, SECOND)), name)
    except ValueError as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    except (Refused, RecoveryRefused) as error:
        return said(console, error)
    finally:
        await store.close()
    paper.print(f"{settings.address}/desk/invite/{link}")
    console.print(
        "\nOpen this link within 48 hours: a new coordinator sets a password there, and reads what was there."
    )
    console.print(
        "Open it before a colleague who still knows a password logs in: that can end the link. Then use the recovery "
        "key again."
    )
    console.print(
        "Then end the access of whoever should have none, and make a new recovery key if its words were seen."
    )
    return 0


async def finding(store: Store) -> tuple[Literal["ok", "warning", "fault"], str]:
    """For the doctor: whether there is a way back in."""
    found = await store.recovery_key()
    if found is None:
        return "warning", (
            "recovery key: there is none; when every password is lost nobody reads a conversation again: "
            "inloop recovery-key create"
        )
    name = f"recovery key {found.id}" + (", in two halves" if found.halves == 2 else "")
    if not found.current:
        return "fault", f"{name}: it does not open the team's key in use: inloop recovery-key create"
    if found.used_at is not None:
        return "warning", f"{name}: used on {found.used_at:%Y-%m-%d}; make a new one if somebody saw its words"
    return "ok", f"{name}, of {found.created_at:%Y-%m-%d}"
