"""The real words, and copies of them that a test may break."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import Catalogue, ContentError, load
from bot.content.review import po_export
from bot.content.review.status import read_library
from bot.content.review.translator_notes import read_notes

KEPT = ("nl", "fr", "en")
CONTENT = Path(__file__).parents[3] / "content"
ASKED = {"unpaid_wages/who_helps"}
QUESTION = re.compile(r"\b[a-z_]+/[a-z_]+\b")
ENTRY = re.compile(r"^ {0,2}([a-z_]+/[a-z_]+):\n(?: {2,4}(?! *[a-z_]+/[a-z_]+:).*\n)*", re.MULTILINE)
NEXT = re.compile(r"(\bnext: \[)([^]]*)\]")


@pytest.fixture(scope="session")
def words() -> Catalogue:
    return load(CONTENT)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The content folder with three languages and a few of the questions (so that many tests stay quick), to be
    broken."""
    folder = tmp_path / "content"
    folder.mkdir()
    for name in ("facts.yml", "structure.yml", "topics.yml", "questions.yml"):
        shutil.copy(CONTENT / name, folder)
    for lang in KEPT:
        shutil.copytree(CONTENT / lang, folder / lang)
    _leave_few_questions(folder)
    register = (CONTENT / "languages.yml").read_text(encoding="utf-8").splitlines(keepends=True)
    others = re.compile(rf"  - {{code: (?!(?:{'|'.join(KEPT)}),)")
    kept = [line for line in register if not others.match(line)]
    (folder / "languages.yml").write_text("".join(kept), encoding="utf-8")
    return folder


def _leave_few_questions(folder: Path) -> None:
    """Take out of every file the questions to which neither `structure.yml` nor one of `ASKED` leads."""
    named = set(QUESTION.findall((folder / "structure.yml").read_text(encoding="utf-8"))) | ASKED
    for path in (folder / "questions.yml", *(folder / lang / "questions.yml" for lang in KEPT)):
        whole = ENTRY.sub(lambda found: found[0] if found[1] in named else "", path.read_text(encoding="utf-8"))
        path.write_text(NEXT.sub(lambda found: _those(found, named), whole), encoding="utf-8")


def _those(found: re.Match[str], named: set[str]) -> str:
    return found[1] + ", ".join(one for one in found[2].split(", ") if "/" not in one or one in named) + "]"


@pytest.fixture
def faults_after(copy: Path) -> Callable[[str, str, str], tuple[str, ...]]:
    """faults_after(file, old, new): what is found when this one place of the real words is changed."""

    def change(file: str, old: str, new: str) -> tuple[str, ...]:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer has {old!r}: this test proves nothing"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(ContentError) as caught:
            load(copy)
        return caught.value.faults

    return change


@pytest.fixture
def out(copy: Path, tmp_path: Path) -> Callable[..., Path]:
    """out("fr"): the PO file of a language as a translator gets it."""

    def export(code: str, base: str = "") -> Path:
        library = read_library(copy)
        text = po_export.export(library, code, read_notes(copy, library), base or po_export.base_of(code))
        path = tmp_path / f"{code}.po"
        path.write_text(text, encoding="utf-8")
        return path

    return export
