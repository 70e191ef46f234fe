"""What every command needs: the settings, the standard streams, the day."""

from __future__ import annotations

import io
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.settings import Settings, SettingsError, read

Root = Annotated[Path, typer.Option("--root", help="Folder of the project.", show_default=False)]
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def settings() -> Settings:
    """The settings, or an end with every fault named."""
    try:
        return read()
    except SettingsError as error:
        errors.print(f"[bold red]{error}[/]")
        raise typer.Exit(2) from None


def standard_input() -> io.TextIOWrapper:
    """Standard input as UTF-8 whatever the locale; a broken byte spoils its own line only."""
    return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")


def standard_output() -> io.TextIOWrapper:
    return io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", line_buffering=True)


def today() -> date:
    return datetime.now(UTC).date()
