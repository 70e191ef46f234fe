"""Languages that are none of ours: named where they can be, and hardly ever taken for one of ours.

`beyond.jsonl` was written by two hands. The `first` also wrote the sentences of `data/beyond.yml`, on another day; the
`second` had seen neither, and has 28 languages that stand in no file: nothing was chosen by it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from bot.understanding.language import Languages
from bot.understanding.language.detector import Detected
from bot.understanding.language.model import BEYOND, FEWEST, LetterModel, train

ROOT = Path(__file__).resolve().parents[3]
LINES = [json.loads(line) for line in Path(__file__).with_name("beyond.jsonl").read_text("utf-8").splitlines()]
TAUGHT: dict[str, list[str]] = yaml.safe_load((ROOT / "data" / BEYOND).read_text("utf-8"))
TAKEN_FOR_OURS, TAKEN_FOR_ENGLISH, NAMED = 0.10, 0.01, 0.45


def read(languages: Languages, which: str) -> list[tuple[dict[str, str], Detected]]:
    return [(line, languages.detect(line["text"], chosen=None)) for line in LINES if line["set"] == which]


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


def test_the_sentences_are_of_other_languages_and_none_is_asked_about_here() -> None:
    register = yaml.safe_load((ROOT / "content/languages.yml").read_text("utf-8"))
    ours = {entry["code"] for part in ("languages", "understood") for entry in register[part]}
    assert not ours & TAUGHT.keys()
    assert all(len(lines) >= 20 for lines in TAUGHT.values())
    taught = {text.casefold() for lines in TAUGHT.values() for text in lines}
    assert not taught & {line["text"].casefold() for line in LINES}


@pytest.mark.parametrize("which", ["first", "second"])
def test_a_language_whose_look_was_taught_is_hardly_taken_for_one_of_ours(languages: Languages, which: str) -> None:
    assert languages.letters is not None
    ours = set(languages.letters.codes)
    found = [(line, told) for line, told in read(languages, which) if line["lang"] in TAUGHT]
    assert share([told.sure and told.code in ours for _, told in found]) <= TAKEN_FOR_OURS
    assert share([told.sure and told.code == line["lang"] for line, told in found]) >= NAMED


def test_no_language_is_taken_for_english(languages: Languages) -> None:
    found = read(languages, "first") + read(languages, "second")
    assert share([told.sure and told.code == "en" for _, told in found]) <= TAKEN_FOR_ENGLISH


def test_a_language_with_files_of_its_own_is_one_of_ours(tmp_path: Path) -> None:
    for code, word in (("xa", "bala"), ("xb", "kuru")):
        folder = tmp_path / "data/nlu" / code
        folder.mkdir(parents=True)
        lines = "".join(f"- {word} {number} {word}{number} {word * 2}\n" for number in range(FEWEST))
        topic = {"version": "3.1", "nlu": [{"intent": "x", "examples": lines}]}
        (folder / "x.yml").write_text(yaml.safe_dump(topic), "utf-8")
    other = {"xb": ["kuru nine kuru"], "xc": [f"nomo {number} nomonomo" for number in range(FEWEST)]}
    (tmp_path / "data" / BEYOND).write_text(yaml.safe_dump(other), "utf-8")
    (tmp_path / "models").mkdir()
    train(tmp_path, tmp_path / "models", lambda _: None)
    letters = Languages.load(tmp_path / "models", ROOT / "content/languages.yml").letters
    assert isinstance(letters, LetterModel)
    assert next(iter(letters.probabilities("kuru nine kuru"))) == "xb"
    assert next(iter(letters.probabilities("nomo 3 nomonomo"))) == "other"
