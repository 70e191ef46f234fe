"""The command line of keys and of rights: the recovery key, access, erasure. No secret is ever an argument."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.common import errors, settings

recovery_app = typer.Typer(no_args_is_help=True, help="The paper that opens everything when every password is lost.")
page_key_app = typer.Typer(no_args_is_help=True, help="The key of pages and marks, out of the data folder.")

KeyFile = Annotated[Path | None, typer.Option(help="File with the words, mode 600; else they are asked for.")]
By = Annotated[str, typer.Option(help="The coordinator who logs in here.")]
Number = Annotated[str, typer.Option("--case", help="Number of the case; without it the return code is asked for.")]


@recovery_app.command("create")
def create(
    by: By, split: Annotated[bool, typer.Option("--split", help="Two halves for two people, both needed.")] = False
) -> None:
    """Make the recovery key, in place of the one before. Its words are for paper and are shown once.

    Example: inloop recovery-key create --by els --split
    """
    from bot.cli.commands import recovery_key as command

    paper = Console(highlight=False, soft_wrap=True)
    raise typer.Exit(asyncio.run(command.create(settings(), by, split, paper, errors)))


@recovery_app.command("check")
def check(key_file: KeyFile = None) -> None:
    """Whether the words on paper are right and open the team's key; of one half, whether it has no fault.

    Example: inloop recovery-key check
    """
    from bot.cli.commands import recovery_key as command

    raise typer.Exit(asyncio.run(command.check(settings(), key_file, errors)))


@recovery_app.command("use")
def use(
    name: Annotated[str, typer.Argument(help="Name of the coordinator; one of before loses the old access.")],
    key_file: KeyFile = None,
) -> None:
    """Make a one-time link for a coordinator who reads everything that is there. It stands in the audit log.

    Example: inloop recovery-key use els
    """
    from bot.cli.commands import recovery_key as command

    paper = Console(highlight=False, soft_wrap=True)
    raise typer.Exit(asyncio.run(command.use(settings(), name, key_file, paper, errors)))


@page_key_app.command("copy")
def page_key_copy(
    to: Annotated[Path, typer.Argument(help="A file that is not in the data folder; absent, or empty and mode 600.")],
) -> None:
    """Write the key of the data folder into a file of its own. It stays the same key, and stays there until `remove`.

    Example: inloop page-key copy /etc/inloop/secrets/page-key
    """
    from bot.cli.commands import page_key as command

    raise typer.Exit(command.copy(settings(), to, errors))


@page_key_app.command("remove")
def page_key_remove() -> None:
    """Take the key out of the data folder, once INLOOP_PAGE_KEY_FILE gives the same.

    Example: inloop page-key remove
    """
    from bot.cli.commands import page_key as command

    raise typer.Exit(command.remove(settings(), errors))


def access(
    number: Number = "",
    by: By = "",
    language: Annotated[str, typer.Option(help="Language of the page in the file; without it the person's.")] = "",
    to: Annotated[Path, typer.Option("--to", help="The file; it must not be there yet.")] = Path("access.zip"),
) -> None:
    """Everything of one conversation in an encrypted ZIP, for its person; by case number or return code.

    Example: inloop access --case K7-M2F --by els --to k7-m2f.zip
    """
    from bot.cli.commands import rights as command

    _both(number, by)
    raise typer.Exit(asyncio.run(command.access(settings(), number, by, language, to, errors)))


def erase(
    number: Number = "",
    by: By = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
) -> None:
    """Delete one conversation because its person asks; by case number or return code. It does not come back.

    Example: inloop erase --case K7-M2F --by els
    """
    from bot.cli.commands import rights as command

    _both(number, by)

    def sure(question: str) -> bool:
        return yes or (sys.stdin.isatty() and typer.confirm(question))

    raise typer.Exit(asyncio.run(command.erase(settings(), number, by, sure, errors)))


def _both(number: str, by: str) -> None:
    if bool(number) != bool(by):
        errors.print("A case number needs --by, a coordinator; a return code needs neither.")
        raise typer.Exit(2)
