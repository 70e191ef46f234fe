"""Each rule is shown to find its fault, in its place, in a whole project with one thing broken."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.training.corpus import Fault, check
from tests.support.gateway import ROOT

COST = "data/nlu/nl/cost.yml"
DANGER = "data/danger/nl.yml"
TEST = "tests/nlu/nl.jsonl"
LONG = "de baas telt elke maand nog iets bij wat ik moet afbetalen"


def replace(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text(encoding="utf-8")
    assert old in text
    (project / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def add(project: Path, path: str, line: str) -> str:
    """Adds a line at the end of a file; gives the place it then has."""
    text = (project / path).read_text(encoding="utf-8").rstrip("\n")
    (project / path).write_text(f"{text}\n{line}\n", encoding="utf-8")
    return f"{path}:{text.count(chr(10)) + 2}"


def add_test(project: Path, text: str) -> None:
    add(project, TEST, json.dumps({"id": "nl-x", "text": text, "lang": "nl"}))


def faults(project: Path, kind: str = "") -> list[Fault]:
    return [fault for fault in check(project).faults if kind in ("", fault.kind)]


def test_the_sentences_of_the_project_are_whole() -> None:
    report = check(ROOT)
    assert [str(fault) for fault in report.faults] == []
    assert len(report.languages) >= 17
    assert report.training > 30_000
    assert report.tests > 3_000


def test_the_small_project_is_whole(project: Path) -> None:
    report = check(project)
    assert report.faults == ()
    assert report.languages == ("nl",)


# -- schema of a topic -----------------------------------------------------------------------------------------------

BROKEN_TOPIC: list[tuple[str, str, str]] = [
    ("- intent: cost", "- intent: debt", "is not the name of the file"),
    ('version: "3.1"', "version: 3.1", "needs version"),
    ("nlu:\n", "nlu:\n- intent: debt\n  examples: |\n    - schuld\n", "needs one intent"),
    ("  examples: |", "  sentences: |", "needs one intent"),
    ("nlu:\n", "language: nl\nnlu:\n", "must have nlu, version, nothing else"),
    ("nlu:\n", "nlu: [\n", "cannot be read"),
    ("nlu:\n", 'version: "3.1"\nnlu:\n', "stands twice"),
    ("  examples: |", "  examples:", "must be text"),
]


@pytest.mark.parametrize(("old", "new", "what"), BROKEN_TOPIC)
def test_a_topic_of_another_shape_is_found(project: Path, old: str, new: str, what: str) -> None:
    replace(project, COST, old, new)
    (found,) = faults(project, "schema")
    assert found.where == COST
    assert what in found.what


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("    - /restart", "would be a command"),
        ("    - kost [dat](price) iets", "as an entity"),
        ('    - kost [dat]{"entity": "price"} iets', "as an entity"),
        ("    kost dat iets", "is not read"),
        ("    -kost dat iets", "is not read"),
    ],
)
def test_a_line_that_would_be_read_otherwise_is_found_on_its_line(project: Path, line: str, what: str) -> None:
    where = add(project, COST, line)
    (found,) = faults(project)
    assert (found.kind, found.where) == ("schema", where)
    assert what in found.what


def test_a_file_of_no_topic_is_found_whatever_it_is_called(project: Path) -> None:
    for name in ("weather.yml", "old/cost.yml", "cost.yaml"):
        path = project / "data/nlu/nl" / name
        path.parent.mkdir(exist_ok=True)
        shutil.copy(project / COST, path)
    places = {fault.where for fault in faults(project, "schema")}
    assert places == {f"data/nlu/nl/{name}" for name in ("weather.yml", "old", "old/cost.yml", "cost.yaml")}


def test_a_topic_without_a_file_or_with_few_sentences_is_missing(project: Path) -> None:
    text = (project / COST).read_text(encoding="utf-8").splitlines()
    (project / COST).write_text("\n".join(text[: 4 + 14]) + "\n", encoding="utf-8")
    (project / "data/nlu/nl/debt.yml").unlink()
    assert [(f.kind, f.where, f.what) for f in faults(project)] == [
        ("missing", COST, "14 of at least 15 sentences"),
        ("missing", "data/nlu/nl/debt.yml", "0 of at least 15 sentences"),
    ]


# -- schema of danger ------------------------------------------------------------------------------------------------

GOOD = '- {text: "nieuw", urgency: emergency, signals: [confined], style: direct}'
BROKEN_DANGER: list[tuple[str, str]] = [
    (GOOD.replace("emergency", "none"), "the urgency 'none'"),
    (GOOD.replace("[confined]", "[locked]"), "the signal 'locked'"),
    (GOOD.replace("[confined]", "[]"), "at least one"),
    (GOOD.replace("[confined]", "confined"), "needs a list of signals"),
    (GOOD.replace("[confined]", "[confined, confined]"), "each once"),
    (GOOD.replace("direct", "loud"), "the style 'loud'"),
    (GOOD.replace(", style: direct", ""), "must have signals, style, text, urgency"),
    (GOOD.replace('"nieuw"', "yes"), "must be text in quotes"),
    (GOOD.replace('"nieuw"', '" nieuw"'), "without spaces around"),
    (GOOD.replace("urgency", "text: x, urgency"), "stands twice"),
    ("- nieuw", "must have signals, style, text, urgency"),
]


@pytest.mark.parametrize(("line", "what"), BROKEN_DANGER)
def test_a_danger_line_of_another_shape_is_found(project: Path, line: str, what: str) -> None:
    replace(project, DANGER, "danger:\n", f"danger:\n{line}\n")
    (found,) = faults(project, "schema")
    assert found.where.startswith(DANGER)
    assert what in found.what


def test_a_good_danger_line_is_no_fault(project: Path) -> None:
    replace(project, DANGER, "danger:\n", f"danger:\n{GOOD}\n")
    assert faults(project) == []


def test_a_safe_line_of_an_unknown_kind_is_found_on_its_line(project: Path) -> None:
    where = add(project, DANGER, '- {text: "nieuw", kind: funny}')
    assert [(f.kind, f.where) for f in faults(project)] == [("schema", where)]


@pytest.mark.parametrize("line", ["language: fr", "language: nl\nauthor: x"])
def test_the_head_of_a_danger_file_is_checked(project: Path, line: str) -> None:
    replace(project, DANGER, "language: nl", line)
    assert [f.where for f in faults(project, "schema")] == [DANGER]


TRADED = "data/traded/nl.yml"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("language: nl", "language: fr", TRADED),
        ("signals: [being_moved]", "signals: []", f"{TRADED}:4"),
        ("signals: [being_moved]", "signals: [sold]", f"{TRADED}:4"),
        ("kind: everyday", "kind: funny", f"{TRADED}:6"),
        ("kind: everyday", "kind: everyday, style: direct", f"{TRADED}: safe 1"),
    ],
)
def test_a_traded_file_is_checked(project: Path, old: str, new: str, where: str) -> None:
    (project / TRADED).parent.mkdir()
    (project / TRADED).write_text(
        'version: 1\nlanguage: nl\ntraded:\n- {text: "ze ruilen mij om", signals: [being_moved]}\n'
        'safe:\n- {text: "wij ruilen van kamer", kind: everyday}\n',
        encoding="utf-8",
    )
    assert faults(project) == []
    replace(project, TRADED, old, new)
    assert [fault.where for fault in faults(project, "schema")] == [where]


def test_too_few_lines_and_an_absent_signal_style_and_kind_are_missing(project: Path) -> None:
    lines = (project / DANGER).read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not any(word in line for word in ("weapon", "style: question", "kind: praise"))]
    safe = kept.index("safe:")
    (project / DANGER).write_text("\n".join(kept[: safe + 1 + 119]) + "\n", encoding="utf-8")
    found = {fault.what for fault in faults(project)}
    expected = {"safe: 119 of at least 120 lines", "no line with the signal weapon", "no line with the style question"}
    assert expected <= found
    assert "no line with the kind praise" in found
    (project / DANGER).unlink()
    assert "danger: 0 of at least 120 lines" in {fault.what for fault in faults(project, "missing")}


# -- repeated, leaked, foreign ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("again", [LONG.upper(), f"  {LONG}  ?!", LONG.replace(" ", "   "), f"{LONG}…"])
@pytest.mark.parametrize("path", [COST, "data/nlu/nl/debt.yml"])
def test_a_sentence_that_stands_twice_is_found(project: Path, again: str, path: str) -> None:
    first = add(project, COST, f"    - {LONG}")
    second = add(project, path, f"    - {again}")
    (found,) = faults(project)
    assert (found.kind, found.where) == ("duplicate", second)
    assert first in found.what


def test_a_sentence_that_is_danger_and_topic_or_danger_and_safe_is_found(project: Path) -> None:
    replace(project, DANGER, "danger:\n", f"danger:\n{GOOD}\n")
    safe = add(project, DANGER, '- {text: "Nieuw!", kind: past}')
    topic = add(project, COST, "    - nieuw")
    assert [(f.kind, f.where) for f in faults(project)] == [("duplicate", safe), ("duplicate", topic)]


def test_how_people_type_without_diacritics_is_no_repetition(project: Path) -> None:
    add(project, COST, "    - krijg ik daar één euro voor terug")
    add(project, COST, "    - krijg ik daar een euro voor terug")
    assert faults(project) == []


@pytest.mark.parametrize(
    "test",
    [
        LONG,
        LONG.upper() + " ??",
        LONG.replace(" ", ""),
        LONG.replace("e", "é"),
        LONG.replace("maand", "week"),
        " ".join(reversed(LONG.split())),
        LONG + " toch",
    ],
)
def test_a_sentence_that_a_test_repeats_or_nearly_repeats_is_found(project: Path, test: str) -> None:
    where = add(project, "data/nlu/nl/debt.yml", f"    - {LONG}")
    add_test(project, test)
    (found,) = faults(project)
    assert (found.kind, found.where) == ("leak", where)
    assert "nl-x" in found.what


def test_a_danger_line_that_a_test_repeats_is_found(project: Path) -> None:
    replace(project, DANGER, "danger:\n", f"danger:\n{GOOD}\n")
    add_test(project, "Nieuw.")
    assert [f.kind for f in faults(project)] == ["leak"]


@pytest.mark.parametrize("test", [LONG.replace("maand nog", "week weer").replace("baas", "chef"), "de baas telt"])
def test_a_sentence_that_shares_less_is_its_own(project: Path, test: str) -> None:
    add(project, "data/nlu/nl/debt.yml", f"    - {LONG}")
    add_test(project, test)
    assert faults(project) == []


def test_one_word_of_greeting_may_stand_in_both_and_a_longer_one_not(project: Path) -> None:
    greet = "data/nlu/nl/greet.yml"
    add(project, greet, "    - gegroet")
    add_test(project, "gegroet")
    assert faults(project) == []
    add(project, greet, "    - gegroet lieve mensen allemaal")
    add_test(project, "gegroet lieve mensen allemaal")
    add(project, COST, "    - gratis hoor")
    add_test(project, "gratis hoor")
    assert [fault.kind for fault in faults(project)] == ["leak", "leak"]


@pytest.mark.parametrize("text", ["ключът е у него", "هل هذا مجاني", "要多少钱"])
def test_a_sentence_in_foreign_letters_is_found(project: Path, text: str) -> None:
    where = add(project, COST, f"    - {text}")
    assert [(f.kind, f.where) for f in faults(project)] == [("language", where)]


@pytest.mark.parametrize("text", ["€ 50 ???", "👍", "kost dat пари of wat"])
def test_signs_and_mixed_letters_are_of_any_language(project: Path, text: str) -> None:
    add(project, COST, f"    - {text}")
    assert faults(project) == []


# -- the register, tests, several languages --------------------------------------------------------------------------


def second_language(project: Path, line: str = "") -> None:
    """The same sentences again as `xx`, in small pieces of a word of their own so that none is a copy."""
    words: Callable[[str], str] = lambda text: text.replace("e", "eq").replace("a", "aq")  # noqa: E731
    for path in sorted((project / "data/nlu/nl").iterdir()):
        head, _, body = path.read_text(encoding="utf-8").partition("examples: |\n")
        target = project / "data/nlu/xx" / path.name
        target.parent.mkdir(exist_ok=True)
        target.write_text(f"{head}examples: |\n{words(body)}", encoding="utf-8")
    if line:
        add(project, "content/languages.yml", line)


def test_sentences_of_a_language_without_a_line_or_said_to_have_none_are_found(project: Path) -> None:
    second_language(project)
    register = [f for f in faults(project) if f.where == "content/languages.yml"]
    assert [(f.kind, f.language, f.what) for f in register] == [("missing", "xx", "no line for xx")]
    line = "  - {code: xx, name: Xx, script: Latn, rtl: false, understanding: encoder}"
    add(project, "content/languages.yml", line)
    register = [f for f in faults(project) if f.where == "content/languages.yml"]
    assert [(f.kind, f.language) for f in register] == [("schema", "xx")]


def test_a_native_language_without_any_file_is_missing(project: Path) -> None:
    add(project, "content/languages.yml", "  - {code: xx, name: Xx, script: Zzzz, rtl: false, understanding: native}")
    found = faults(project)
    assert {f.language for f in found} == {"xx"}
    assert [f.what for f in found if f.kind == "schema"] == ["xx: 'Zzzz' is no ISO 15924 code of letters"]
    assert {f"data/nlu/xx/{t}.yml" for t in ("cost", "debt", "greet")} <= {f.where for f in found}


def test_a_language_understood_by_the_encoder_alone_needs_nothing(project: Path) -> None:
    add(project, "content/languages.yml", "  - {code: xx, name: Xx, script: Latn, rtl: false, understanding: encoder}")
    assert faults(project) == []


def test_a_sentence_copied_from_another_language_is_found(project: Path) -> None:
    second_language(project, "  - {code: xx, name: Xx, script: Latn, rtl: false, understanding: native}")
    first = add(project, COST, f"    - {LONG}")
    where = add(project, "data/nlu/xx/cost.yml", f"    - {LONG}.")
    found = faults(project, "language")
    assert [(f.language, f.where) for f in found] == [("xx", where)]
    assert first in found[0].what


def test_one_language_can_be_asked_for(project: Path) -> None:
    second_language(project, "  - {code: xx, name: Xx, script: Latn, rtl: false, understanding: native}")
    add(project, COST, "    - /restart")
    report = check(project, "xx")
    assert report.languages == ("xx",)
    assert report.faults
    assert {fault.language for fault in report.faults} == {"xx"}


def test_a_broken_or_short_test_file_is_found(project: Path) -> None:
    where = add(project, TEST, '{"id": "nl-y"}')
    assert [(f.kind, f.where) for f in faults(project)] == [("schema", where)]
    (project / TEST).unlink()
    assert [(f.kind, f.where) for f in faults(project)] == [("missing", TEST)]


@pytest.mark.parametrize("name", ["topics.yml", "languages.yml"])
@pytest.mark.parametrize("text", [None, "", "languages: [x]\ntopics: [x]\n", "- x"])
def test_without_ids_or_register_the_fault_is_named(project: Path, name: str, text: str | None) -> None:
    path = project / "content" / name
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    (found,) = faults(project)
    assert found.kind == "schema"
    assert found.where == "content"
