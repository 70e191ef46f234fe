"""Texts go out as a PO file and come back with a reviewer's name, or do not come back at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polib
import pytest
import yaml

from bot.content import load
from bot.content.review.import_review import Taken, take_back
from bot.content.review.po_import import Refused
from bot.content.review.print_page import page
from bot.content.review.status import progress, read_library
from bot.content.review.translator_notes import read_notes
from tests.unit.content.conftest import CONTENT

TODAY = date(2026, 11, 24)
WAGES = "answers.unpaid_wages.text"
THANKS = "answers.thanks.text"
CARD = "safety.emergency_card"
Change = Callable[[polib.POFile], None]


def written(lang: str, topic: str) -> str:
    """The text of a topic as its file has it today."""
    texts: dict[str, dict[str, str]] = yaml.safe_load((CONTENT / lang / "answers.yml").read_text(encoding="utf-8"))
    return texts[topic]["text"]


DUTCH = written("nl", "unpaid_wages")
BEGIN = " ".join(DUTCH.split()[:3])
"""So few words that they stand on one line of the file."""


def entry(file: polib.POFile, key: str) -> polib.POEntry:
    return next(entry for entry in file if entry.msgctxt == key)


def good(*keys: str) -> Change:
    """The reader takes `needs work` away from these texts."""

    def change(file: polib.POFile) -> None:
        for key in keys:
            entry(file, key).flags.remove("fuzzy")

    return change


def edited(path: Path, *changes: Change) -> Path:
    """The file as a tool saves it after somebody has worked on it."""
    file = polib.pofile(str(path))
    for change in changes:
        change(file)
    file.save(str(path))
    return path


def said(key: str, old: str, new: str) -> Change:
    def change(file: polib.POFile) -> None:
        found = entry(file, key)
        assert old in found.msgstr
        found.msgstr = found.msgstr.replace(old, new)
        if "fuzzy" in found.flags:
            found.flags.remove("fuzzy")

    return change


def back(copy: Path, path: Path, code: str = "fr", by: str = "Ana Pop", on: str = "2026-11-20") -> Taken:
    return take_back(copy, code, path, by, on, TODAY)


def state(copy: Path, code: str, key: str) -> tuple[str, tuple[str, ...]]:
    found = read_library(copy).standing(code, key)
    return found.state, found.why


def swap(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# -- out -------------------------------------------------------------------------------------------


def test_an_entry_holds_all_that_its_reader_needs(out: Callable[..., Path]) -> None:
    found = entry(polib.pofile(str(out("fr"))), WAGES)
    assert found.msgid == DUTCH
    assert "{fairwork_site}" in found.msgstr
    assert found.fuzzy
    assert "python-brace-format" in found.flags
    assert "at most 90 words" in found.comment
    assert "English: " in found.comment
    assert "{fairwork_site} = fairworkbelgium.be [" in found.comment
    assert "Leans on wages_without_papers: " in found.comment
    assert "answer to: Not paid, paid too little" in found.comment
    assert found.occurrences == [("content/fr/answers.yml:unpaid_wages.text", "")]


def test_a_button_has_its_longest_length_for_the_tool(out: Callable[..., Path]) -> None:
    assert "max-length:28" in entry(polib.pofile(str(out("fr"))), "answers.shelter.label").flags


@pytest.mark.parametrize(("code", "base", "begins"), [("nl", "", "Who works has a"), ("fr", "en", "Who works has a")])
def test_the_original_is_dutch_or_english(out: Callable[..., Path], code: str, base: str, begins: str) -> None:
    english = entry(polib.pofile(str(out(code, base))), WAGES)
    dutch = entry(polib.pofile(str(out("en"))), WAGES)
    assert english.msgid == dutch.msgstr
    assert english.msgid != dutch.msgid


def test_the_same_words_give_the_same_file(out: Callable[..., Path]) -> None:
    assert out("fr").read_bytes() == out("fr").read_bytes()


def test_the_page_to_print_has_every_text_as_it_is_read(copy: Path) -> None:
    french = "{code: fr, name: Français, script: Latn, rtl: "
    swap(copy / "languages.yml", f"{french}false", f"{french}true")
    swap(copy / "fr" / "labels.yml", '  send: "', '  send: "& ')
    library = read_library(copy)
    html = page(library, "fr", read_notes(copy, library))
    assert html.count("<article") == len(library.keys)
    assert html.count('lang="fr" dir="rtl"') == len(library.keys)
    assert "<b>\u2066078 055 800\u2069</b>" in html
    assert "&amp; " in html
    assert "@page" in html
    assert html.index("labels.visitor.title") < html.index("system.welcome") < html.index("answers.about_us.text")


# -- back ------------------------------------------------------------------------------------------


def test_what_was_read_is_recorded_and_nothing_else_changes(copy: Path, out: Callable[..., Path]) -> None:
    before = everything(copy)
    taken = back(copy, edited(out("fr"), good(WAGES, THANKS)))
    assert (taken.changed, taken.read, taken.stale) == ((), (WAGES, THANKS), ())
    assert everything(copy) == before | {"fr/review.yml": (copy / "fr/review.yml").read_bytes()}
    assert state(copy, "fr", WAGES) == ("reviewed", ())
    assert state(copy, "fr", "answers.debt.text")[0] == "draft"
    words = load(copy)
    assert words.answer("unpaid_wages", "fr").reviewed == "reviewed"
    assert words.answer("debt", "fr").reviewed == "draft"
    assert words.answer("unpaid_wages", "en").reviewed == "draft"
    assert words.language("fr").answers == "draft"


def test_a_corrected_text_stands_in_its_file_with_the_comments_around_it(copy: Path, out: Callable[..., Path]) -> None:
    before = (copy / "fr/answers.yml").read_text(encoding="utf-8").splitlines()
    old = polib.pofile(str(out("fr")))
    first = entry(old, WAGES).msgstr.split(". ")[0]
    taken = back(copy, edited(out("fr"), said(WAGES, first, "Tout travail donne droit à un salaire")))
    assert taken.changed == (WAGES,)
    after = (copy / "fr/answers.yml").read_text(encoding="utf-8").splitlines()
    assert 1 <= len(set(after) - set(before)) <= 2, "only the lines that were corrected"
    assert load(copy).answer("unpaid_wages", "fr").text.startswith("Tout travail donne droit à un salaire. ")
    assert state(copy, "fr", WAGES) == ("reviewed", ())


def test_a_language_is_reviewed_when_all_a_person_reads_is(copy: Path, out: Callable[..., Path]) -> None:
    keys = [key for key in read_library(copy).keys if not key.startswith("labels.desk.")]
    assert back(copy, edited(out("fr"), good(*keys[:-1]))).read == tuple(keys[:-1])
    assert load(copy).language("fr").answers == "draft"
    assert back(copy, edited(out("fr"), good(keys[-1])), by="Léa Sy").read == (keys[-1],)
    words = load(copy)
    assert words.language("fr").answers == "reviewed"
    assert words.card("emergency", ["weapon"], "fr").reviewed == "reviewed"
    assert words.card("emergency", ["weapon"], "mul").reviewed == "draft", "Dutch and English stand in it too"


def test_who_sends_the_file_back_does_not_take_over_what_others_read(copy: Path, out: Callable[..., Path]) -> None:
    back(copy, edited(out("fr"), good(WAGES)))
    assert back(copy, edited(out("fr"), good(THANKS)), by="Léa Sy").read == (THANKS,)
    records = read_library(copy).shelves["fr"].records
    assert (records[WAGES].by, records[THANKS].by) == ("Ana Pop", "Léa Sy")
    assert records[WAGES].on == date(2026, 11, 20)


# -- what a review is worth later --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "why"),
    [
        ("nl/answers.yml", BEGIN, f"Ja. {BEGIN}", WAGES, "the Dutch text"),
        ("facts.yml", '"101"', '"102"', CARD, "fact police_phone"),
        ("facts.yml", "24 hours a day, 7 days a week.", "during the day.", CARD, "fact stop_day_night"),
        ("structure.yml", "facts: [wages_w", "facts: [iom_return, wages_w", WAGES, "fact iom_return"),
        ("facts.yml", 'ichtegem.be/noodoproepen: urgent police help"', 'example.be"', CARD, None),
        ("en/answers.yml", 'unpaid_wages:\n  label: "', 'unpaid_wages:\n  label: "X', WAGES, None),
    ],
)  # fmt: skip
def test_a_change_of_the_original_or_of_a_fact_makes_it_stale(
    copy: Path, out: Callable[..., Path], file: str, old: str, new: str, key: str, why: str | None
) -> None:
    back(copy, edited(out("fr"), good(WAGES, CARD)))
    swap(copy / file, old, new)
    assert state(copy, "fr", key) == (("stale", (why,)) if why else ("reviewed", ()))
    assert entry(polib.pofile(str(out("fr"))), key).fuzzy is bool(why)
    words = load(copy)
    shown = words.answer("unpaid_wages", "fr") if key == WAGES else words.card("emergency", [], "fr")
    assert shown.reviewed == ("draft" if why else "reviewed")


def test_words_changed_by_hand_are_a_draft_again(copy: Path, out: Callable[..., Path]) -> None:
    back(copy, edited(out("fr"), good(THANKS)))
    swap(copy / "fr/answers.yml", "thanks:\n", "thanks:\n  # a comment changes nothing\n")
    assert state(copy, "fr", THANKS)[0] == "reviewed"
    french = read_library(copy).shelves["fr"].texts[THANKS]
    swap(copy / "fr/answers.yml", french, f"{french} À bientôt.")
    found, why = state(copy, "fr", THANKS)
    assert (found, "Ana Pop read it on 2026-11-20" in why[0]) == ("draft", True)


def test_a_review_of_an_older_original_counts_for_the_older_one(copy: Path, out: Callable[..., Path]) -> None:
    path = edited(out("fr"), good(WAGES))
    swap(copy / "nl/answers.yml", BEGIN, f"Ja. {BEGIN}")
    taken = back(copy, path)
    assert (taken.read, taken.stale) == ((WAGES,), (WAGES,))
    assert state(copy, "fr", WAGES) == ("stale", ("the Dutch text",))


def test_the_original_itself_is_stale_for_its_facts_alone(copy: Path, out: Callable[..., Path]) -> None:
    back(copy, edited(out("nl"), good(CARD)), "nl")
    assert state(copy, "nl", CARD) == ("reviewed", ())
    swap(copy / "facts.yml", '"101"', '"102"')
    assert state(copy, "nl", CARD) == ("stale", ("fact police_phone",))


def test_a_text_that_is_not_there_is_missing_and_the_rest_is_told(copy: Path) -> None:
    swap(copy / "fr/system.yml", "  joined:", "  came:")
    found = progress(read_library(copy), "fr")
    assert found.texts["missing"] == ("system.handoff.joined",)
    assert progress(read_library(copy), "nl").texts["missing"] == ("system.handoff.came",)


# -- refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "old", "new", "found"),
    [
        (WAGES, "{fairwork_site}", "Le site", "has lost the placeholder {fairwork_site}"),
        (CARD, "{stop_phone}", "STOP", "has lost the placeholder {stop_phone}"),
        ("labels.visitor.translated_from", "{language}", "x", "has lost the placeholder {language}"),
        (THANKS, ".", " 0476 11 22 33.", "bare digit"),
        (THANKS, ".", ", rue de l’Église ٧.", "bare digit"),
        (THANKS, ".", " www.example.org.", "bare site"),
        (THANKS, ".", " <b>!</b>", "HTML"),
        (THANKS, ".", " {no_such_fact}.", "unknown placeholder {no_such_fact}"),
        (THANKS, ".", " " + "encore " * 91 + ".", "too long"),
        (THANKS, ".", " Dе rien.", "letters of another script"),
        (THANKS, ".", " لا شكر.", "letters of another script"),
        (THANKS, ".", " C’est garanti.", "may never be said"),
        ("answers.thanks.label", "Merci", "Merci beaucoup pour toute votre aide", "at most 28"),
        (THANKS, ".", "\u202e.", "invisible control character"),
    ],
)  # fmt: skip
def test_a_faulty_text_is_refused_and_nothing_is_written(
    copy: Path, out: Callable[..., Path], key: str, old: str, new: str, found: str
) -> None:
    path = edited(out("fr"), good("answers.debt.text"), said(key, old, new))
    before = everything(copy)
    with pytest.raises(Refused) as caught:
        back(copy, path)
    assert any(fault.startswith("fr/") and found in fault for fault in caught.value.faults), caught.value.faults
    assert everything(copy) == before


def test_all_reasons_come_at_once(copy: Path, out: Callable[..., Path]) -> None:
    with pytest.raises(Refused) as caught:
        back(copy, edited(out("fr"), said(WAGES, "{fairwork_site}", "Le site"), said(THANKS, ".", " 12.")))
    assert len(caught.value.faults) == 2


def test_a_text_in_another_language_is_refused(copy: Path, out: Callable[..., Path]) -> None:
    def english(file: polib.POFile) -> None:
        found = entry(file, THANKS)
        found.msgstr = "You are welcome. I am here if you want to ask something else."
        found.flags.remove("fuzzy")

    with pytest.raises(Refused, match="1 fault") as caught:
        back(copy, edited(out("fr"), english))
    assert "seems to be in another language: en" in caught.value.faults[0]


def lose_comment(file: polib.POFile) -> None:
    good(THANKS)(file)
    entry(file, THANKS).comment = ""


def change_original(file: polib.POFile) -> None:
    good(THANKS)(file)
    entry(file, THANKS).msgid = "Iets anders."


def add_unknown(file: polib.POFile) -> None:
    file.append(polib.POEntry(msgctxt="answers.weather.text", msgid="Het regent.", msgstr="Il pleut."))


def add_twice(file: polib.POFile) -> None:
    file.append(entry(file, THANKS))


def another_language(file: polib.POFile) -> None:
    file.metadata["Language"] = "en"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lose_comment, "has lost its comments"),
        (change_original, "only the translation may be"),
        (add_unknown, "answers.weather.text: is no text of Inloop"),
        (add_twice, f"{THANKS}: stands twice"),
        (another_language, "is for the language 'en'"),
        (lambda file: file.clear(), "the file has no texts"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(
    copy: Path, out: Callable[..., Path], change: Change, found: str
) -> None:
    path = edited(out("fr"), change)
    before = everything(copy)
    with pytest.raises(Refused) as caught:
        back(copy, path)
    assert any(found in fault for fault in caught.value.faults), caught.value.faults
    assert everything(copy) == before


def test_a_text_that_changed_here_meanwhile_is_not_overwritten(copy: Path, out: Callable[..., Path]) -> None:
    path = edited(out("fr"), said(THANKS, ".", " !"))
    french = read_library(copy).shelves["fr"].texts[THANKS]
    swap(copy / "fr/answers.yml", french, f"{french} À bientôt.")
    with pytest.raises(Refused) as caught:
        back(copy, path)
    assert "was changed here after the file was exported" in caught.value.faults[0]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\xff\xfe", b"msgid \"\nmsgstr", b"<html></html>",
        'msgid ""\nmsgstr "Language: fr\\n"\n'.encode("utf-16"), b"#" * 5_000_000,
    ],
    ids=["empty", "bytes", "broken", "html", "utf-16", "huge"],
)  # fmt: skip
def test_what_is_no_po_file_is_refused(copy: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.po"
    path.write_bytes(content)
    before = everything(copy)
    with pytest.raises(Refused):
        back(copy, path)
    assert everything(copy) == before


@pytest.mark.parametrize(
    ("by", "on"),
    [("", "2026-11-20"), ("  ", "2026-11-20"), ("a\nb", "2026-11-20"), ("x" * 81, "2026-11-20"), ("Ana", "20/11/2026"),
     ("Ana", "2026-11-25"), ("Ana", "")],
)  # fmt: skip
def test_a_review_has_a_name_and_a_day_that_has_been(copy: Path, out: Callable[..., Path], by: str, on: str) -> None:
    with pytest.raises(Refused):
        back(copy, edited(out("fr"), good(THANKS)), by=by, on=on)


def test_a_full_disk_leaves_every_file_as_it_was(
    copy: Path, out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = edited(out("fr"), said(THANKS, ".", " !"), good("system.handoff.joined"))
    before = everything(copy)
    (copy / "fr" / ".review.yml.new").mkdir()  # so that the second file cannot be written
    with pytest.raises(OSError):
        back(copy, path)
    (copy / "fr" / ".review.yml.new").rmdir()
    assert everything(copy) == before


def test_a_record_that_nobody_can_read_is_a_fault(
    faults_after: Callable[[str, str, str], tuple[str, ...]], copy: Path
) -> None:
    (copy / "fr/review.yml").write_text("answers.thanks.text: {by: Ana}\nanswers.gone.text: {}\n", encoding="utf-8")
    faults = faults_after("en/meta.yml", "never_say:", "status: reviewed\nnever_say:")
    assert any("fr/review.yml: answers.thanks.text: needs by, on, text" in fault for fault in faults)
    assert any("en/meta.yml: has status: only never_say" in fault for fault in faults)
