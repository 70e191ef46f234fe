"""The command line of people: caseworkers and the rota."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.common import errors, settings

caseworker_app = typer.Typer(no_args_is_help=True, help="People who work on the desk.")
rota_app = typer.Typer(no_args_is_help=True, help="Who is on call.")
organisation_app = typer.Typer(no_args_is_help=True, help="Centres that share this installation.")


@caseworker_app.command("add")
def caseworker_add(
    name: Annotated[str, typer.Argument(help="The name colleagues see; the person's own log-in name.")],
    by: Annotated[str, typer.Option(help="A caseworker who can already log in; not needed for the first.")] = "",
    organisation: Annotated[str, typer.Option(help="Another organisation; its first one coordinates.")] = "",
) -> None:
    """Make a one-time link with which a caseworker sets a password and the code app.

    Example: inloop caseworker add maria --by an
    """
    from bot.cli.commands import caseworker as command

    raise typer.Exit(asyncio.run(command.add(settings(), name, by, errors, organisation)))


@caseworker_app.command("list")
def caseworker_list() -> None:
    """List who can work on the desk.

    Example: inloop caseworker list
    """
    from bot.cli.commands import caseworker as command

    raise typer.Exit(asyncio.run(command.show(settings(), Console(highlight=False))))


@caseworker_app.command("vouch")
def caseworker_vouch(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
) -> None:
    """Say that keys and people stand in the database as they should: after the page key was changed or lost.

    Example: inloop caseworker vouch
    """
    from bot.cli.commands import caseworker as command

    def sure(question: str) -> bool:
        return yes or (sys.stdin.isatty() and typer.confirm(question))

    raise typer.Exit(asyncio.run(command.vouch(settings(), sure, Console(highlight=False))))


@caseworker_app.command("page")
def caseworker_page(
    name: Annotated[str, typer.Argument(help="The caseworker's name.")],
    urls: Annotated[list[str] | None, typer.Argument(help="Apprise addresses: ntfy://…, mailto://…, tgram://…")] = None,
    email: Annotated[list[str] | None, typer.Option(help="How the rota's calendar names this caseworker.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Page this caseworker nowhere any more.")] = False,
) -> None:
    """Set where a caseworker is paged. The address is kept sealed and never shown.

    Example: inloop caseworker page maria ntfy://ntfy.example.org/maria-a8f3 --email maria@example.org
    """
    from bot.cli.commands import caseworker as command

    wanted = command.page(settings(), name, urls or [], email or [], errors, remove=remove)
    raise typer.Exit(asyncio.run(wanted))


@caseworker_app.command("skills")
def caseworker_skills(
    name: Annotated[str, typer.Argument(help="The caseworker's name.")],
    languages: Annotated[str | None, typer.Option(help="Codes with commas between: what they read and write.")] = None,
    cases: Annotated[int | None, typer.Option(min=1, max=50, help="How many cases they have at once.")] = None,
) -> None:
    """Set, or show, which languages a caseworker reads and writes and how many cases they have at once.

    Example: inloop caseworker skills maria --languages nl,fr,ro --cases 3
    """
    from bot.cli.commands import caseworker as command

    codes = None if languages is None else [code.strip() for code in languages.split(",") if code.strip()]
    raise typer.Exit(asyncio.run(command.skills(settings(), name, codes, cases, errors)))


@organisation_app.command("list")
def organisation_list() -> None:
    """List the organisations, and how many people work in each.

    Example: inloop organisation list
    """
    from bot.cli.commands import organisation as command

    raise typer.Exit(asyncio.run(command.show(settings(), Console(highlight=False))))


@organisation_app.command("add")
def organisation_add(name: Annotated[str, typer.Argument(help="What people and colleagues read.")]) -> None:
    """Make another organisation on this installation. The first one is there from the beginning: give it its name too.

    Example: inloop organisation add PAG-ASA
    """
    from bot.cli.commands import organisation as command

    raise typer.Exit(asyncio.run(command.add(settings(), name, errors)))


@organisation_app.command("rename")
def organisation_rename(
    name: Annotated[str, typer.Argument(help="What it is called now.")],
    new: Annotated[str, typer.Argument(help="What it is called from now on.")],
) -> None:
    """Call an organisation something else.

    Example: inloop organisation rename Inloop Payoke
    """
    from bot.cli.commands import organisation as command

    raise typer.Exit(asyncio.run(command.rename(settings(), name, new, errors)))


@organisation_app.command("move")
def organisation_move(
    name: Annotated[str, typer.Argument(help="The organisation.")],
    caseworker: Annotated[str, typer.Argument(help="Who belongs to it from now on.")],
) -> None:
    """Let a caseworker belong to another organisation. The cases that they have wait where they are.

    Example: inloop organisation move PAG-ASA maria
    """
    from bot.cli.commands import organisation as command

    raise typer.Exit(asyncio.run(command.move(settings(), name, caseworker, errors)))


@rota_app.command("show")
def rota_show(
    days: Annotated[int, typer.Option(min=1, max=56, help="How far ahead.")] = 14,
) -> None:
    """Show who is on call, change by change, and where nobody is. Ends with 1 when there is a hole.

    Example: inloop rota show --days 7
    """
    from bot.cli.commands import rota as command

    raise typer.Exit(asyncio.run(command.show(settings(), days, Console(highlight=False, soft_wrap=True))))


@rota_app.command("change")
def rota_change(
    name: Annotated[str, typer.Argument(help="Who is on call instead.")],
    start: Annotated[str, typer.Option("--from", help="Local time: 2026-12-24T18:00.")],
    end: Annotated[str, typer.Option("--until", help="Local time.")],
    second: Annotated[bool, typer.Option("--second", help="As the second on call.")] = False,
) -> None:
    """Put somebody on call whatever the calendar says.

    Example: inloop rota change maria --from 2026-12-24T18:00 --until 2026-12-25T08:00
    """
    from bot.cli.commands import rota as command

    raise typer.Exit(asyncio.run(command.change(settings(), name, start, end, errors, second=second)))


@rota_app.command("undo")
def rota_undo(number: Annotated[int, typer.Argument(help="The number of the change, as `rota show` has it.")]) -> None:
    """Take a change back: the calendar holds again.

    Example: inloop rota undo 3
    """
    from bot.cli.commands import rota as command

    raise typer.Exit(asyncio.run(command.undo(settings(), number, errors)))
