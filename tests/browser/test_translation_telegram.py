"""The same over Telegram: the person writes Romanian there, the caseworker reads Dutch beside it in a browser, answers
in Dutch with its back-translation before them, and the chat shows Romanian, marked as a machine's, over the Dutch.
"""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from bot.translation import install
from tests.browser.conftest import Phone
from tests.browser.test_translation import log_in
from tests.support.gateway import ROOT, Gateway, running
from tests.support.ports import free_port
from tests.support.telegram import Person, Wire, environment, telegram

DANGER = {"ro": "Mă bate acum și nu pot să ies, ajutor!", "uk": "Він мене б'є зараз, двері замкнені, допоможіть!"}
ASKED = "Blijf waar je bent. Ik bel je om 14:30."


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with telegram() as made:
        yield made


@pytest.fixture(scope="module")
def bot(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("telegram")
    for archive in sorted((ROOT / "tests/support/translation").glob("*.argosmodel")):
        install(archive, folder / "packages")
    env = environment(wire, folder, INLOOP_TRANSLATION_DIR=str(folder / "packages"))
    with running(folder, free_port(), engine=False, env=env) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def desk(bot: Gateway, browser: Browser, words: Catalogue) -> Iterator[Page]:
    night = Phone(browser, bot.url, locale="nl-BE")
    yield log_in(bot, night, words)
    assert not night.elsewhere, "no request leaves the machine"
    assert not night.errors
    night.context.close()


def in_danger(wire: Wire, number: int, language: str, desk: Page, words: Catalogue) -> Person:
    """Somebody who wrote in `language` that they are in danger, and whose case is open on the desk."""
    person = Person(wire, number, language)
    person.write("/start")
    person.wait_for(words.say("telegram.intro", language))
    person.write(DANGER[language])
    person.wait_for(lambda m: words.fact("emergency_phone") in m["text"] and "entities" not in m)
    desk.get_by_role("button", name=words.label("desk.claim", "nl")).first.click()
    return person


def test_two_people_who_share_no_language_over_telegram(
    wire: Wire, bot: Gateway, desk: Page, words: Catalogue
) -> None:
    person = in_danger(wire, 8001, "ro", desk, words)
    person.write("Nu pot să ies afară. Am 250 de euro.")
    read = desk.locator("#log li.person").last
    expect(read.locator(":scope > .text")).to_have_text("Nu pot să ies afară. Am 250 de euro.")
    expect(read.locator(":scope > .text")).to_have_attribute("lang", "ro")
    expect(read.locator(".translation")).to_contain_text("Ik kan niet naar buiten.")
    expect(read.locator(".translation")).to_contain_text(words.label("desk.translation", "nl"))

    desk.locator("#text").fill(ASKED)
    desk.locator("#reply").click()
    expect(desk.locator("#draft-back")).to_have_text(ASKED)
    expect(desk.locator("#draft-send")).to_be_disabled()
    desk.locator("#draft-looked").check()
    chosen = desk.locator("#draft-text").input_value()
    assert chosen == "Rămâi unde ești. Te sun la 14:30."
    assert ASKED not in str(person.texts()), "nothing left before it was looked at"
    desk.locator("#draft-send").click()
    got = person.wait_for(lambda m: m["text"].startswith(chosen))
    marked = words.label("visitor.translated_from", "ro", language="Nederlands")
    assert got["text"] == f"{chosen}\n\n{marked}:\n{ASKED}"
    assert got["entities"][0]["type"] == "spoiler", "the preview of a notification shows neither"

    # A translation that may be wrong says so in the chat too.
    desk.locator("#text").fill("Ik heb geen geld.")
    desk.locator("#reply").click()
    expect(desk.locator("#draft-back")).not_to_be_empty()
    desk.locator("#draft-text").fill("Am bani.")
    expect(desk.locator("#draft-doubts")).to_contain_text(words.label("desk.doubt_negation", "nl"))
    desk.locator("#draft-looked").check()
    desk.locator("#draft-send").click()
    doubtful = words.label("visitor.translation_doubtful", "ro")
    person.wait_for(f"Am bani.\n\n{doubtful}\n\n{marked}:\nIk heb geen geld.")

    # The process that translates dies: what the person writes is there at once, and translated by a new process.
    workers = [process for process in bot.children() if "bot.translation.engine.worker" in process.cmdline()]
    assert workers
    for process in workers:
        process.kill()
    psutil.wait_procs(workers, 5)
    person.write("Mi-e frică.")
    last = desk.locator("#log li.person").last
    expect(last.locator(":scope > .text")).to_have_text("Mi-e frică.")
    expect(last.locator(".translation")).to_have_count(1)
    again = last.get_by_role("button", name=words.label("desk.retry", "nl"))
    if again.count():
        again.click()
    expect(last.locator(".translation")).to_contain_text("Ik ben bang.")

    desk.locator("#text").fill("Sunt aici.")
    desk.locator("#reply").click()
    desk.locator("#draft-plain").click()
    person.wait_for("Sunt aici.")
    assert set(person.counted().values()) == {1}, "nothing was said twice"


def test_without_a_package_words_go_both_ways_over_telegram_as_they_are(
    wire: Wire, bot: Gateway, desk: Page, words: Catalogue
) -> None:
    desk.goto(bot.url + "/desk?lang=nl")
    person = in_danger(wire, 8002, "uk", desk, words)
    unread = desk.locator("#log li.person").last
    expect(unread.locator(":scope > .text")).to_have_text(DANGER["uk"])
    expect(unread.locator(".translation")).to_have_text(words.label("desk.missing_missing", "nl"))
    # Until the page knows what can be translated the button says so, and leads to a look and not to the person.
    # (What happens then is in `test_translation.py`.)
    expect(desk.locator("#reply")).to_have_text(words.label("desk.reply", "nl"))
    desk.locator("#text").fill("Я тут.")
    desk.locator("#reply").click()
    expect(desk.locator("#log li.caseworker[data-seq] .text")).to_have_text("Я тут.")
    person.wait_for("Я тут.")
    assert not any("14:30" in text for text in person.texts())
