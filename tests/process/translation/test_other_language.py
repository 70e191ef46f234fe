"""What stands under "Dutch" and is not Dutch says so: on the desk in both directions, and to the person. And what is in
another language's letters is not translated at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot import content
from bot.text.sentences import split
from bot.understanding.language import Languages, mismatch
from tests.process.translation.test_desk import Talk
from tests.support.caseworker import Caseworker, first
from tests.support.gateway import ROOT, Gateway, running
from tests.support.ports import free_port

ROMANIAN = "Șeful meu are pașaportul meu."
DUTCH = "Mijn baas heeft mijn paspoort."
LABELS = {("ro", "en"): ("ro", "nl"), ("nl", "en"): ("nl", "ro")}


@pytest.fixture(scope="module")
def languages() -> Languages:
    return Languages.load(ROOT / "models", ROOT / "content" / "languages.yml")


@pytest.fixture(scope="module")
def stuck(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Whose packages into Dutch and into Romanian get no further than English."""
    folder = tmp_path_factory.mktemp("stuck")
    for (source, target), label in LABELS.items():
        made = folder / "translate-{}_{}-0_1".format(*label)
        shutil.copytree(
            packages / f"translate-{source}_{target}-0_1", made, ignore=shutil.ignore_patterns("inloop.json")
        )
        told = json.loads((made / "metadata.json").read_text("utf-8"))
        (made / "metadata.json").write_text(json.dumps(told | {"from_code": label[0], "to_code": label[1]}), "utf-8")
    env = {"INLOOP_TRANSLATION_DIR": str(folder)}
    with running(tmp_path_factory.mktemp("gateway"), free_port(), engine=False, env=env) as started:
        yield started


@pytest.fixture(scope="module")
def desk(stuck: Gateway) -> Caseworker:
    return first(stuck)


def test_english_in_place_of_dutch_is_marked(stuck: Gateway, desk: Caseworker, words: Any) -> None:
    [found] = Talk(stuck, desk, words, ROMANIAN).read()
    assert (found["text"], found["via"]) == ("My boss has my passport.", ["ro", "nl"])
    assert "untranslated" in found["doubts"]


def test_english_in_place_of_romanian_is_marked_wherever_it_stands(
    stuck: Gateway, desk: Caseworker, words: Any
) -> None:
    talk = Talk(stuck, desk, words, ROMANIAN)
    draft = talk.ok("drafts", text=DUTCH, own="nl")
    assert draft["text"] == "My boss has my passport." and "untranslated" in draft["doubts"]
    again = talk.ok("drafts/back", original=DUTCH, text=draft["text"], own="nl")
    assert "untranslated" in again["doubts"]
    others = talk.ok("drafts/alternatives", text=DUTCH, own="nl")["alternatives"]
    assert "untranslated" in others[0]["doubts"]
    sent = talk.post("messages", id=str(uuid4()), text=draft["text"], translated={"text": DUTCH, "own": "nl"})
    assert sent.status_code == 202
    assert talk.person.messages()[-1]["doubtful"] is True
    assert "untranslated" in talk.colleague.read(talk.case)[-1]["translated"]["doubts"]


def test_a_back_translation_that_is_not_dutch_is_marked(stuck: Gateway, desk: Caseworker, words: Any) -> None:
    """The draft is good; what says so is not."""
    draft = Talk(stuck, desk, words, ROMANIAN).ok("drafts/back", original=DUTCH, text=ROMANIAN, own="nl")
    assert "untranslated" not in draft["doubts"]
    assert draft["back"]["text"] == "My boss has my passport." and "untranslated" in draft["back"]["doubts"]


def test_what_is_in_its_language_is_not_marked(translating: Gateway, colleague: Caseworker, words: Any) -> None:
    talk = Talk(translating, colleague, words, ROMANIAN, "Nu pot să ies afară.", "Da.")
    assert [reading["doubts"] for reading in talk.read()] == [[], [], []]
    draft = talk.ok("drafts", text=DUTCH, own="nl")
    assert draft["doubts"] == draft["back"]["doubts"] == []


def test_one_sentence_of_many_is_found(languages: Languages) -> None:
    text = "Mijn baas heeft mijn paspoort. Ik kan niet naar buiten. He comes back tonight. Ik ben bang."
    assert mismatch.stuck(languages, text, "ro", "nl")
    assert not mismatch.stuck(languages, text.replace("He comes back tonight.", "Hij komt terug."), "ro", "nl")


@pytest.mark.parametrize("text", ["OK.", "Yes, yes.", "Payoke, 112", "0470 12 34 56", "😀", ""])
def test_of_two_words_nothing_is_known(languages: Languages, text: str) -> None:
    assert not mismatch.stuck(languages, text, "ro", "nl")


@pytest.mark.parametrize("target", ["nl", "fr", "en"])
def test_what_people_wrote_is_hardly_ever_taken_for_another_language(
    languages: Languages, words: content.Catalogue, target: str
) -> None:
    """Marks that are always there are not read: at most two of a thousand sentences, from languages like it."""
    sentences = [s for topic in words.topics for s in split(words.answer(topic, target).text).sentences]
    sources = [code for code in ("nl", "de", "fr", "es", "ro") if code != target]
    marked = [(source, s) for source in sources for s in sentences if mismatch.stuck(languages, s, source, target)]
    assert len(sentences) > 150
    assert len(marked) <= 0.002 * len(sentences) * len(sources), marked


def test_other_letters_than_the_persons_are_not_read_as_theirs(
    translating: Gateway, colleague: Caseworker, words: Any
) -> None:
    """What is surely Persian is named, and there is no package for it; of fewer words only the letters are known."""
    talk = Talk(translating, colleague, words, ROMANIAN, "من در خانه حبس شده‌ام", "سلام دوست من")
    _, known, guessed = talk.read()
    assert known == {"seq": talk.seqs[1], "from": "fa", "missing": "missing"}
    assert guessed == {"seq": talk.seqs[2], "from": None, "missing": "unknown"}


@pytest.mark.parametrize(
    ("text", "language", "other"),
    [
        ("من در خانه حبس شده‌ام", "ro", True),
        ("Ajutați-mă, vă rog", "ar", True),
        ("Помогите мне", "vi", True),
        ("我在这里", "ru", True),
        ("我在这里 OK", "zh", False),
        ("Я тут, WhatsApp", "uk", False),
        ("ne moga da izlyaza", "bg", False),  # as it is typed without Cyrillic keys
        ("ana khayfa", "ar", False),
        ("Tôi không thể ra ngoài", "vi", False),
        ("Gdje si", "sr", False),
        ("0470 12 34 56 !!", "ar", False),
        ("😀", "ru", False),
    ],
)
def test_letters(text: str, language: str, other: bool) -> None:
    assert mismatch.other_letters(text, language) is other
