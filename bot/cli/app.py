"""The command line: `inloop COMMAND --help` says what each does, with an example."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from bot.cli.common import Root, errors, settings, standard_input, standard_output, today
from bot.cli.keys import access, erase, page_key_app, recovery_app
from bot.cli.people import caseworker_app, organisation_app, rota_app
from bot.settings import CONTENT, ROOT, SettingsError
from bot.storage.database.errors import SchemaError


class Commands(TyperGroup):
    """Any of them may find a database that is newer than this program, or of a kind that it does not know, or a key of
    pages that is not there or damaged."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (SchemaError, SettingsError) as error:
            errors.print(f"[bold red]{error}[/]")
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)
app.add_typer(caseworker_app, name="caseworker")
app.add_typer(rota_app, name="rota")
app.add_typer(organisation_app, name="organisation")
app.add_typer(recovery_app, name="recovery-key")
app.add_typer(page_key_app, name="page-key")
app.command()(access)
app.command()(erase)
languages_app = typer.Typer()
app.add_typer(languages_app, name="languages")
data_app = typer.Typer(no_args_is_help=True, help="The sentences that understanding is trained and measured on.")
app.add_typer(data_app, name="data")
content_app = typer.Typer(no_args_is_help=True, help="The words: whether they are whole, and who has reviewed them.")
app.add_typer(content_app, name="content")


@app.command()
def up(
    train: Annotated[bool, typer.Option(help="Train what is not trained yet before serving.")] = True,
) -> None:
    """Serve the visitor page and the desk, with the engine started and watched.

    Example: INLOOP_PORT=9000 inloop up
    """
    from bot.cli.commands import up as command

    command.leave(command.run(settings(), train=train))


@app.command()
def train(
    anew: Annotated[bool, typer.Option("--anew", help="Learn all from nothing, whatever is there already.")] = False,
) -> None:
    """Train what is not trained yet: encoder, danger, languages, dialogue model.

    Example: inloop train
    """
    from bot.training import run as training

    wanted = settings()
    try:
        seconds = training.train(
            wanted.models_dir, errors.print, wanted.encoder_dir, anew=anew, cache_dir=wanted.model_cache
        )
    except training.TrainingFailed as error:
        errors.print(f"[bold red]{error}[/]")
        raise typer.Exit(1) from None
    errors.print(f"Done in {seconds:.1f} s.")


@app.command()
def classify() -> None:
    """What the system understands: JSON lines in, JSON lines out.

    Example: echo '{"id": "1", "text": "waar kan ik slapen"}' | inloop classify
    """
    from bot import bootstrap as wiring
    from bot import content
    from bot.cli.commands import classify as command
    from bot.training import run as training

    wanted = settings()
    try:
        training.train(wanted.models_dir, errors.print, wanted.encoder_dir, cache_dir=wanted.model_cache)
    except training.TrainingFailed as error:
        errors.print(f"[bold red]{error}[/]")
        raise typer.Exit(1) from None
    own, encoding = wiring.understanding(wanted.models_dir, wanted.encoder_dir)
    known = {language.code for language in content.load(CONTENT).languages}
    folder = wanted.encoder_dir or wanted.models_dir / "encoder"
    model = wanted.models_dir / "rasa" / "inloop.tar.gz"
    command.run(standard_input(), standard_output(), own, model, folder, wanted.max_text, known)
    encoding.close()


@app.command()
def converse() -> None:
    """What whole conversations come to: JSON lines in, JSON lines out.

    Example: echo '{"id": "1", "lang": "nl", "turns": ["dag", "is het gratis?"]}' | inloop converse
    """
    import asyncio

    from bot.cli.commands import converse as command
    from bot.training import run as training

    wanted = settings()
    try:
        training.train(wanted.models_dir, errors.print, wanted.encoder_dir)
    except training.TrainingFailed as error:
        errors.print(f"[bold red]{error}[/]")
        raise typer.Exit(1) from None
    asyncio.run(command.converse(standard_input(), wanted, standard_output()))


@app.command()
def answer() -> None:
    """What the system says: JSON lines in, JSON lines out.

    Example: echo '{"id": "1", "topic": "shelter", "lang": "fr"}' | inloop answer
    """
    from bot import content
    from bot.cli.commands import answer as command
    from bot.cli.commands.lines import written

    words = content.load(ROOT / "content")
    out = standard_output()
    for line in command.answer(standard_input(), words, command.known_signals(ROOT / "content" / "topics.yml")):
        out.write(written(line) + "\n")
    out.flush()


@app.command()
def card(
    to: Annotated[Path, typer.Argument(help="The file to write: a page of HTML, to print from any browser.")],
    language: Annotated[list[str] | None, typer.Option(help="A language on it, in this order; more than once.")] = None,
    address: Annotated[str, typer.Option(help="Where the code leads.", show_default="INLOOP_PUBLIC_URL")] = "",
    cards: Annotated[bool, typer.Option("--cards", help="Eight cards to cut out in place of a poster.")] = False,
) -> None:
    """Write a poster for a door, or cards for a pocket, with the address of the chat as a QR code.

    Neither says what the chat is for. Without a language it has the first three of the menu.

    Example: inloop card poster.html --language nl --language ar --address https://chat.example.org
    """
    from bot import content
    from bot.cli.commands import card as command

    words = content.load(ROOT / "content")
    languages = language or [one.code for one in words.languages[:3]]
    try:
        html = command.page(words, address or settings().public_url, languages, cards=cards)
        to.write_text(html, encoding="utf-8")
    except (command.NoCard, OSError) as error:
        errors.print(f"[bold red]{error}[/]")
        raise typer.Exit(2) from None
    errors.print(f"Written to {to}. Scan it once with a phone before it is printed.", markup=False)


@languages_app.callback(invoke_without_command=True)
def languages(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list instead of a table.")] = False,
) -> None:
    """The languages: their names, whether answers are reviewed, how they are understood and translated.

    Example: inloop languages --json
    """
    if context.invoked_subcommand is not None:
        return
    from bot import content
    from bot.cli.commands import languages as command

    words = content.load(ROOT / "content")
    raise typer.Exit(command.show(words, settings().translations, as_json, standard_output()))


@languages_app.command("add")
def languages_add(
    codes: Annotated[list[str] | None, typer.Argument(help="Languages, to and from English: nl ro uk.")] = None,
    file: Annotated[list[Path] | None, typer.Option(help="A package file (.argosmodel) instead of a download.")] = None,
    sha256: Annotated[str, typer.Option(help="The checksum that the one file must have.")] = "",
    index: Annotated[str, typer.Option(help="Another list of packages.")] = "",
) -> None:
    """Bring translation packages (Argos Translate). This is the only command that needs a network, and only for codes.

    Example: inloop languages add nl fr ro uk
    """
    from bot.cli.commands import languages as command

    if not codes and not file:
        errors.print("Name languages, or package files with --file.")
        raise typer.Exit(2)
    folder = settings().translations
    raise typer.Exit(command.add(codes or [], file or [], index or command.INDEX, sha256, folder, errors))


@languages_app.command("evaluate")
def languages_evaluate(
    texts: Annotated[int, typer.Option(help="Answers of each direction.", min=1)] = 50,
) -> None:
    """How well the packages translate: chrF on the answers that people wrote in every language, and what is marked.

    Example: inloop languages evaluate --texts 20
    """
    from bot import bootstrap as wiring
    from bot import content
    from bot.cli.commands import languages, translation_quality

    translator = wiring.translation(settings().model_copy(update={"translation_timeout": 300.0}))
    words = content.load(ROOT / "content")
    raise typer.Exit(translation_quality.run(translator, words, languages.DESK, texts, standard_output()))


@languages_app.command("scaffold")
def languages_scaffold(
    code: Annotated[str, typer.Argument(help="What browsers and Telegram call it: el, ti, sr.")],
    name: Annotated[str | None, typer.Option(help="The language's own name, as its readers write it.")] = None,
    script: Annotated[str, typer.Option(help="ISO 15924 code of its writing: Latn, or what is known of it.")] = "",
    rtl: Annotated[bool, typer.Option("--rtl", help="Written from right to left (known of Arab and Hebr).")] = False,
    root: Root = ROOT,
) -> None:
    """Make the files of a language that is not there yet, for its writers.

    Example: inloop languages scaffold el
    """
    from bot.cli.commands import data as command

    raise typer.Exit(command.scaffold(root, code, name, script, rtl, standard_output(), errors))


@data_app.command("check")
def data_check(
    language: Annotated[str, typer.Option(help="Tell of this language only.")] = "",
    root: Root = ROOT,
) -> None:
    """Whether the sentences are whole, in their language, and apart from the test. Ends with 1 if not.

    Example: inloop data check --language sq
    """
    from bot.cli.commands import data as command

    raise typer.Exit(command.check(root, language, standard_output()))


@content_app.command("check")
def content_check(
    language: Annotated[list[str] | None, typer.Option(help="Check it too, though it is not registered.")] = None,
    root: Root = ROOT,
) -> None:
    """Whether the words are whole, sourced, short enough, without promises, in their language. Ends with 1 if not.

    Example: inloop content check
    """
    from bot.cli.commands import content as command

    raise typer.Exit(command.check(root / "content", today(), language or (), standard_output()))


@content_app.command("status")
def content_status(
    language: Annotated[str, typer.Option(help="This one only, with what is missing or stale by name.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list instead of a table.")] = False,
    root: Root = ROOT,
) -> None:
    """Which texts of each language are missing, draft, reviewed, or stale since their original or a fact changed.

    Example: inloop content status --language ro
    """
    from bot.cli.commands import content as command

    raise typer.Exit(command.status(root / "content", language, as_json, standard_output(), errors))


@content_app.command("export")
def content_export(
    language: Annotated[str, typer.Argument(help="Code of the language.")],
    beside: Annotated[str, typer.Option(help="Original in the PO file; Dutch if nothing is said.")] = "",
    to: Annotated[Path, typer.Option(help="Folder for the two files.")] = Path("review"),
    root: Root = ROOT,
) -> None:
    """Write a PO file for Poedit or Weblate, and a page to print, with all texts of a language.

    Example: inloop content export ro --beside en
    """
    from bot.cli.commands import content as command

    raise typer.Exit(command.export(root / "content", language, beside, to, standard_output(), errors))


@content_app.command("import")
def content_import(
    language: Annotated[str, typer.Argument(help="Code of the language.")],
    file: Annotated[Path, typer.Argument(help="The PO file that came back.")],
    reviewer: Annotated[str, typer.Option(help="Who has read it: this name stands in the repository.")],
    day: Annotated[str, typer.Option("--date", help="The day it was read, such as 2026-11-24.")],
    root: Root = ROOT,
) -> None:
    """Take a PO file back: texts, and who has read them. Refuses it whole, with all reasons, when anything is wrong.

    Example: inloop content import ro review/ro.po --reviewer "Ana Pop" --date 2026-11-24
    """
    from bot.cli.commands import content as command

    code = command.bring(root / "content", language, file, reviewer, day, today(), standard_output(), errors)
    raise typer.Exit(code)


@app.command()
def doctor() -> None:
    """Whether everything is as it should be: settings, files, models, words, database. Ends with 1 if not.

    Example: inloop doctor
    """
    from bot.cli.commands import doctor as command

    raise typer.Exit(asyncio.run(command.run(settings(), Console(highlight=False, soft_wrap=True))))


@app.command()
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="The clock is right, far from the last round.")] = False,
) -> None:
    """Delete what has been kept long enough, now; a running Inloop does it every hour by itself.

    Example: inloop purge --dry-run
    """
    from bot.cli.commands import purge as command

    raise typer.Exit(asyncio.run(command.run(settings(), dry_run, Console(highlight=False, soft_wrap=True), sure=yes)))


@app.command("backup-key")
def backup_key(
    split: Annotated[bool, typer.Option("--split", help="Two halves for two people, both needed.")] = False,
    again: Annotated[bool, typer.Option("--again", help="What to set for a key that is on paper already.")] = False,
    key_file: Annotated[Path | None, typer.Option(help="With --again: file with the key.")] = None,
) -> None:
    """Make the key that backups are sealed to; its private half is for paper and is shown once.

    Example: inloop backup-key --split
    """
    from bot.cli.commands import backup as command

    if again:
        raise typer.Exit(command.again(key_file, errors))
    raise typer.Exit(command.new_key(split, Console(highlight=False, soft_wrap=True), errors))


@app.command()
def backup(
    to: Annotated[Path | None, typer.Option("--to", help="Folder, in place of INLOOP_BACKUP_DIR.")] = None,
    keys_only: Annotated[bool, typer.Option("--keys-only", help="Only the keys: small, for every hour.")] = False,
) -> None:
    """Back up the database while it is in use, sealed to the recovery key.

    Example: inloop backup --to /mnt/backup
    """
    from bot.cli.commands import backup as command

    raise typer.Exit(command.make(settings(), to, keys_only, errors))


@app.command()
def restore(
    source: Annotated[Path | None, typer.Option("--from", help="Folder, in place of INLOOP_BACKUP_DIR.")] = None,
    bodies: Annotated[Path | None, typer.Option(help="This file of bodies, not the newest.")] = None,
    key_file: Annotated[Path | None, typer.Option(help="File with the recovery key; else it is asked for.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the SQLite database that is there.")] = False,
    unmarked: Annotated[bool, typer.Option("--unmarked", help="Take files that do not say who made them.")] = False,
) -> None:
    """Make the database of the newest backup; stop `inloop up` first. What was deleted stays deleted.

    Example: inloop restore --from /mnt/backup
    """
    from bot.cli.commands import backup as command

    raise typer.Exit(command.restore(settings(), source, bodies, key_file, replace, unmarked, errors))


@app.command()
def evaluate(
    data: Annotated[Path, typer.Option(help="Folder with <language>.jsonl files.")] = Path("tests/nlu"),
    report: Annotated[Path, typer.Option(help="Where the table goes.")] = Path("docs/evaluation.md"),
    misses: Annotated[Path | None, typer.Option(help="Where the known misses go, one id a line.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Where the means go, to be shown on the page.")] = None,
) -> None:
    """Measure understanding on the test sentences and write the table.

    Example: inloop evaluate --misses tests/nlu/known_misses.txt
    """
    from bot.cli.commands import evaluate as command

    raise typer.Exit(command.run(settings(), data, report, errors, misses, keep))


@app.command("evaluate-talks")
def evaluate_talks(
    data: Annotated[Path, typer.Option(help="Folder with <language>.yml conversations.")] = Path("tests/talks"),
    report: Annotated[Path, typer.Option(help="Where the page goes.")] = Path("docs/evaluation-talks.md"),
) -> None:
    """Measure whole conversations and write the page.

    Example: inloop evaluate-talks
    """
    from bot.cli.commands import evaluate_talks as command

    raise typer.Exit(command.run(settings(), data, report))


def main() -> None:
    app()


if __name__ == "__main__":
    main()
