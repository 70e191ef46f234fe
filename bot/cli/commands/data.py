"""`inloop data check` and `inloop languages scaffold`: the sentences, and a place for those of a new language."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from rich.console import Console

from bot.training import corpus

NEXT = """
Next (docs/adding-a-language.md):
  1. Write the sentences and the words: a comment with TODO stands at each place.
  2. inloop data check --language {code}
     inloop content check --language {code}
     name what is still to be written, and what is wrong.
  3. Somebody else writes tests/nlu/{code}.jsonl.
  4. When both find nothing but the missing line, add it to content/languages.yml:
{line}
  5. inloop train, inloop evaluate.
"""


def check(root: Path, language: str, out: TextIO) -> int:
    """Prints every fault, one a line, then how many; 1 when there is one."""
    report = corpus.check(root, language)
    for fault in report.faults:
        out.write(f"{fault}\n")
    missing = sum(fault.kind == "missing" for fault in report.faults)
    wrong = len(report.faults) - missing
    counted = f"{report.training} training and {report.tests} test sentences in {len(report.languages)} language(s)"
    out.write(f"{counted}: {f'{wrong} wrong, {missing} missing' if report.faults else 'whole'}\n")
    out.flush()
    return 1 if report.faults else 0


def scaffold(root: Path, code: str, name: str | None, script: str, rtl: bool, out: TextIO, errors: Console) -> int:
    """Makes the files and prints what comes next; 1 when the language is refused."""
    try:
        made = corpus.scaffold(root, code, name, script, rtl=rtl)
    except corpus.ScaffoldError as error:
        errors.print(f"[bold red]{error}[/]")
        return 1
    out.write(f"Made {len(made.files)} files in data/nlu/{code}, data/danger, tests/nlu and content/{code}.\n")
    out.write(NEXT.format(code=code, line=made.line))
    out.flush()
    return 0
