"""Sentences put into the files of another language are found; those that people mix, or type otherwise, are none."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.training.corpus import comparing, vocabulary
from bot.training.corpus.exceptions_list import LISTED
from bot.training.corpus.faults import Sentence
from bot.training.corpus.language_check import Tongues
from bot.training.corpus.schema import Reader
from tests.support.gateway import ROOT
from tests.unit.training.corpus.test_check import add, add_test, faults

KNOWN = vocabulary.read(ROOT)
TONGUES = Tongues(ROOT, KNOWN)
COST = "data/nlu/nl/cost.yml"
ASKED = "data/nlu/nl/change_language.yml"
SPANISH = "quitaron mi pasaporte, nadie puede salir porque cierran siempre"
ENGLISH = "they took my passport and nobody may go out"


def is_found(text: str, language: str) -> bool:
    return not comparing.in_script(text, KNOWN.languages[language].script) or TONGUES.other(text, language) != ""


def sample(language: str, n: int = 200) -> list[str]:
    """Sentences of `language` of five words and more, the same each time."""
    reader = Reader(ROOT, language, KNOWN)
    texts = [s.text for s in reader.danger() if comparing.words(comparing.tokens(s.text)) >= 5]
    return random.Random(1).sample(texts, n)


@pytest.mark.parametrize(
    ("of", "put_into", "least"),
    [
        ("es", "nl", 170), ("en", "fr", 170), ("nl", "de", 160), ("pt", "es", 155), ("es", "pt", 130),
        ("ro", "sq", 160), ("tr", "hu", 165), ("pl", "ro", 175), ("fr", "en", 175), ("de", "nl", 170),
        ("vi", "fr", 130),
        ("hu", "tr", 180), ("sq", "ro", 150), ("ru", "uk", 60), ("uk", "ru", 100), ("ru", "bg", 80),
        ("bg", "ru", 40), ("uk", "bg", 110),
        ("en", "ar", 120), ("nl", "bg", 120), ("de", "ru", 90), ("fr", "zh", 120), ("ar", "nl", 160),
        ("zh", "en", 180),
    ],
)  # fmt: skip
def test_sentences_in_the_files_of_another_language_are_found(of: str, put_into: str, least: int) -> None:
    """Of 200. The others hold a word of the language they were put into, or are typed in Latin letters. Portuguese as
    it is typed in fear, short and without accents, looks like Spanish more often: what can be found there is less."""
    assert sum(is_found(text, put_into) for text in sample(of)) >= least


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        (SPANISH, "nl", "es"),
        ("they took my passport and I am not allowed to go out", "fr", "en"),
        ("хозяин забрал документы, мы уже неделю сидим взаперти", "bg", "ru"),
        ("они забрали мои вещи, что мне теперь делать", "uk", "ru"),
        ("پاسپورتم را گرفته‌اند و اجازه نمی‌دهند از خانه بیرون بروم", "ar", "fa"),
        ("パスポートを取られて家から出してもらえません", "zh", "ja"),
        ("mi hanno preso il passaporto e non posso uscire di casa", "nl", "it"),
        ("questo padrone nasconde tutti nostri documenti, nessuno vuole aiutarmi", "ro", "it"),
        ("oduzeli su mi pasoš, gazda ništa ne plaća već mjesecima", "nl", "sr"),
        ("bana para vermiyorlar ve çalışmak zorundayım, ne yapmalıyım", "ar", "tr"),
    ],
)
def test_what_it_seems_to_be_in_is_named(text: str, language: str, found: str) -> None:
    assert found in (name := TONGUES.other(text, language)) or (found == "sr" and name in {"hr", "bs", "sl"})


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("me pega el patron, sunt inchisa in casa", "ro"),
        ("mijn boss said i have to stay in the house", "nl"),
        ("mi-au luat pasaportul si nu ma lasa sa ies", "ro"),
        ("vzeha mi pasporta i ne me puskat da izlqza", "bg"),
        ("khdaw liya lpassport w mabghawch ykhelliwni nkhrej", "ar"),
        ("mera passport le liya aur ghar se nikalne nahi dete", "hi"),
        ("no la dejan", "nl"),
        ("Tamil of Tigrinya, dat spreekt ze, hebben jullie iemand", "nl"),
    ],
)
def test_what_people_mix_or_type_otherwise_is_of_its_language(text: str, language: str) -> None:
    assert TONGUES.other(text, language) == ""


def test_a_sentence_in_another_language_is_a_fault_in_its_place(project: Path) -> None:
    where = add(project, COST, f"    - {SPANISH}")
    add_test(project, ENGLISH)
    assert [(f.kind, f.where) for f in faults(project)] == [
        ("language", where),
        ("language", "tests/nlu/nl.jsonl: nl-x"),
    ]


def test_who_asks_for_a_language_may_do_so_in_it(project: Path) -> None:
    topics = (project / "content/topics.yml").read_text(encoding="utf-8")
    (project / "content/topics.yml").write_text(
        topics.replace("topics:\n", "topics:\n  change_language: x\n", 1), encoding="utf-8"
    )
    (project / ASKED).write_text((ROOT / ASKED).read_text(encoding="utf-8"), encoding="utf-8")
    add(project, ASKED, f"    - {SPANISH}")
    assert faults(project, "language") == []


def test_a_listed_sentence_is_let_stand_and_the_list_cannot_rot(project: Path) -> None:
    add(project, COST, f"    - {SPANISH}")
    group = f"- why: a reason\n  in: nl\n  texts:\n  - {SPANISH}\n"
    (project / LISTED).write_text(group, encoding="utf-8")
    assert faults(project) == []
    (project / LISTED).write_text(f"{group}  - kost dat iets\n  - gone\n", encoding="utf-8")
    assert [(f.kind, f.where, f.what.rpartition(": ")[2]) for f in faults(project)] == [
        ("language", LISTED, "gone"), ("language", LISTED, "kost dat iets")
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["- in: nl\n  texts: [x]\n", "x", "- why: y\n  in: nl\n  texts: [1]\n", "- ["])
def test_a_list_of_another_shape_is_a_fault(project: Path, content: str) -> None:
    (project / LISTED).write_text(content, encoding="utf-8")
    assert [(f.kind, f.where) for f in faults(project)] == [("schema", LISTED)]


def test_few_sentences_of_the_project_are_let_stand() -> None:
    text = (ROOT / LISTED).read_text(encoding="utf-8")
    assert sum(line.startswith("  - ") for line in text.splitlines()) < 60  # `test_check` sees that they suffice


def test_a_language_that_the_model_does_not_know_is_not_judged() -> None:
    assert TONGUES.other(SPANISH, "xx") == ""
    assert TONGUES.other(Sentence(SPANISH, "").text, "es") == ""
