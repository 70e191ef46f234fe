"""The command line: `inloop COMMAND --help` says what each does, with an example."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.settings import ROOT, Settings, SettingsError, read

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
caseworker_app = typer.Typer(no_args_is_help=True, help="People who work on the desk.")
app.add_typer(caseworker_app, name="caseworker")
languages_app = typer.Typer()
app.add_typer(languages_app, name="languages")
data_app = typer.Typer(no_args_is_help=True, help="The sentences that understanding is trained and measured on.")
app.add_typer(data_app, name="data")
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


@app.command()
def up(
    train: Annotated[bool, typer.Option(help="Train what is not trained yet before serving.")] = True,
) -> None:
    """Serve the visitor page and the desk, with the engine started and watched.

    Example: INLOOP_PORT=9000 inloop up
    """
    from bot.commands import up as command

    raise typer.Exit(command.run(settings(), train=train))


@app.command()
def train() -> None:
    """Train what is not trained yet: encoder, danger, languages, dialogue model.

    Example: inloop train
    """
    from bot import training

    wanted = settings()
    try:
        seconds = training.train(wanted.models_dir, errors.print, wanted.encoder_dir)
    except training.TrainingFailed as error:
        errors.print(f"[bold red]{error}[/]")
        raise typer.Exit(1) from None
    errors.print(f"Done in {seconds:.1f} s.")


@app.command()
def classify() -> None:
    """What the system understands: JSON lines in, JSON lines out.

    Example: echo '{"id": "1", "text": "waar kan ik slapen"}' | inloop classify
    """
    from bot import app as wiring
    from bot import content, training
    from bot.commands import classify as command

    wanted = settings()
    try:
        training.train(wanted.models_dir, errors.print, wanted.encoder_dir)
    except training.TrainingFailed as error:
        errors.print(f"[bold red]{error}[/]")
        raise typer.Exit(1) from None
    own, encoding = wiring.understanding(wanted.models_dir, wanted.encoder_dir)
    known = {language.code for language in content.load(wiring.CONTENT).languages}
    folder = wanted.encoder_dir or wanted.models_dir / "encoder"
    model = wanted.models_dir / "rasa" / "inloop.tar.gz"
    command.run(standard_input(), standard_output(), own, model, folder, wanted.max_text, known)
    encoding.close()


@app.command()
def answer() -> None:
    """What the system says: JSON lines in, JSON lines out.

    Example: echo '{"id": "1", "topic": "shelter", "lang": "fr"}' | inloop answer
    """
    from bot import content
    from bot.commands import answer as command

    words = content.load(ROOT / "content")
    out = standard_output()
    for line in command.answer(standard_input(), words, command.known_signals(ROOT / "content" / "topics.yml")):
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
    out.flush()


@languages_app.callback(invoke_without_command=True)
def languages(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list instead of a table.")] = False,
) -> None:
    """The languages: their names, whether answers are reviewed, how they are understood.

    Example: inloop languages --json
    """
    if context.invoked_subcommand is not None:
        return
    from bot import content

    rows = [
        {
            "code": language.code,
            "name": language.name,
            "rtl": language.rtl,
            "answers": language.answers,
            "understanding": language.understanding,
            "translation": False,
        }
        for language in content.load(ROOT / "content").languages
    ]
    out = standard_output()
    if as_json:
        out.write(json.dumps(rows, ensure_ascii=False) + "\n")
    else:
        for row in rows:
            out.write(f"{row['code']:<4} {row['name']:<14} answers: {row['answers']:<9} {row['understanding']}\n")
    out.flush()


@languages_app.command("scaffold")
def languages_scaffold(
    code: Annotated[str, typer.Argument(help="What browsers and Telegram call it: el, ti, sr.")],
    name: Annotated[str, typer.Option(help="The language's own name, as its readers write it.")],
    script: Annotated[str, typer.Option(help="ISO 15924 code of its writing.")] = "Latn",
    rtl: Annotated[bool, typer.Option("--rtl", help="Written from right to left (known of Arab and Hebr).")] = False,
    root: Root = ROOT,
) -> None:
    """Make the files of a language that is not there yet, for its writers.

    Example: inloop languages scaffold el --name "Ελληνικά" --script Grek
    """
    from bot.commands import data as command

    raise typer.Exit(command.scaffold(root, code, name, script, rtl, standard_output(), errors))


@data_app.command("check")
def data_check(
    language: Annotated[str, typer.Option(help="Tell of this language only.")] = "",
    root: Root = ROOT,
) -> None:
    """Whether the sentences are whole, in their language, and apart from the test. Ends with 1 if not.

    Example: inloop data check --language sq
    """
    from bot.commands import data as command

    raise typer.Exit(command.check(root, language, standard_output()))


@app.command()
def doctor() -> None:
    """Whether everything is as it should be: settings, files, models, words, database. Ends with 1 if not.

    Example: inloop doctor
    """
    from bot.commands import doctor as command

    raise typer.Exit(asyncio.run(command.run(settings(), Console(highlight=False, soft_wrap=True))))


@app.command()
def evaluate(
    data: Annotated[Path, typer.Option(help="Folder with <language>.jsonl files.")] = Path("tests/nlu"),
    report: Annotated[Path, typer.Option(help="Where the table goes.")] = Path("docs/evaluation.md"),
) -> None:
    """Measure understanding on the test sentences and write the table.

    Example: inloop evaluate
    """
    from bot.commands import evaluate as command

    raise typer.Exit(command.run(settings(), data, report, errors))


@caseworker_app.command("add")
def caseworker_add(
    name: Annotated[str, typer.Argument(help="The name colleagues see; the person's own log-in name.")],
    by: Annotated[str, typer.Option(help="A caseworker who can already log in; not needed for the first.")] = "",
) -> None:
    """Make a one-time link with which a caseworker sets a password and the code app.

    Example: inloop caseworker add maria --by an
    """
    from bot.commands import caseworker as command

    raise typer.Exit(asyncio.run(command.add(settings(), name, by, errors)))


@caseworker_app.command("list")
def caseworker_list() -> None:
    """Who can work on the desk.

    Example: inloop caseworker list
    """
    from bot.commands import caseworker as command

    raise typer.Exit(asyncio.run(command.show(settings(), Console(highlight=False))))


def main() -> None:
    app()


if __name__ == "__main__":
    main()
