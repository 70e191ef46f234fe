"""A text that a language lacks comes in by the import, where the other languages have it, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polib
import pytest

from bot.content import load
from bot.content.review.po_import import Refused
from bot.content.review.status import read_library
from tests.unit.content.test_review import (
    THANKS,
    Change,
    back,
    edited,
    entry,
    everything,
    said,
    state,
    swap,
    written,
)

WELCOME_BACK = written("fr", "thanks")


def filled(key: str, text: str) -> Change:
    def change(file: polib.POFile) -> None:
        assert not entry(file, key).msgstr
        entry(file, key).msgstr = text

    return change


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "text"),
    [
        ("fr/system.yml", "  joined:", "  came:", "system.handoff.joined", "Une personne de l’équipe est là."),
        ("fr/answers.yml", f'  text: "{WELCOME_BACK}"\n', "", THANKS, "Avec plaisir."),
        ("fr/labels.yml", '  send: "Envoyer"\n', "", "labels.visitor.send", "Envoyer"),
        ("fr/safety.yml", '  weapon: "', '  gun: "', "safety.signals.weapon", "Dites au téléphone qu’il y a une arme."),
    ],
)  # fmt: skip
def test_a_text_that_a_language_lacks_is_added_with_its_reader(
    copy: Path, out: Callable[..., Path], file: str, old: str, new: str, key: str, text: str
) -> None:
    swap(copy / file, old, new)
    assert state(copy, "fr", key)[0] == "missing"
    before = (copy / file).read_text(encoding="utf-8").splitlines()
    taken = back(copy, edited(out("fr"), filled(key, text)))
    assert (taken.changed, taken.added, taken.read) == ((), (key,), (key,))
    assert state(copy, "fr", key) == ("reviewed", ())
    library = read_library(copy)
    assert library.shelves["fr"].texts[key] == text
    record = library.shelves["fr"].records[key]
    assert (record.by, record.on) == ("Ana Pop", date(2026, 11, 20))
    after = (copy / file).read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line in before] == before, "nothing else changes"


def test_a_whole_file_that_a_language_lacks_is_added(copy: Path, out: Callable[..., Path]) -> None:
    texts = read_library(copy).shelves["fr"].texts
    safety = {key: str(text) for key, text in texts.items() if key.startswith("safety.")}
    (copy / "fr/safety.yml").unlink()
    taken = back(copy, edited(out("fr"), *(filled(key, text) for key, text in safety.items())))
    assert set(taken.added) == set(safety)
    assert load(copy).card("emergency", ["weapon"], "fr").reviewed == "reviewed"


def test_a_text_is_checked_before_it_is_added(copy: Path, out: Callable[..., Path]) -> None:
    swap(copy / "fr/safety.yml", '  weapon: "', '  gun: "')
    path = edited(out("fr"), filled("safety.signals.weapon", "Appelez le 0476 11 22 33."))
    before = everything(copy)
    with pytest.raises(Refused) as caught:
        back(copy, path)
    assert any("fr/safety.yml: signals.weapon: has a bare digit" in fault for fault in caught.value.faults)
    assert everything(copy) == before


def test_a_text_that_the_original_lacks_is_not_added(copy: Path, out: Callable[..., Path]) -> None:
    swap(copy / "nl/system.yml", "  joined:", "  came:")
    swap(copy / "fr/system.yml", "  joined:", "  came:")
    path = edited(out("fr", "en"), filled("system.handoff.joined", "Une personne de l’équipe est là."))
    before = everything(copy)
    with pytest.raises(Refused) as caught:
        back(copy, path)
    assert any("handoff.joined: is lacking, and the Dutch original has no such text" in f for f in caught.value.faults)
    assert everything(copy) == before


def test_a_text_that_was_taken_out_after_the_export_does_not_come_back(copy: Path, out: Callable[..., Path]) -> None:
    path = edited(out("fr"), said(THANKS, ".", " !"))
    swap(copy / "fr/answers.yml", "thanks:\n", "thank_you:\n")
    with pytest.raises(Refused) as caught:
        back(copy, path)
    assert any("was changed here after the file was exported" in fault for fault in caught.value.faults)
