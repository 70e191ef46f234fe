"""In danger a translated reply goes out after its back-translation was looked at. Whatever happens between the look and
the answer (danger begins, an answer is lost, the gateway is started anew), the person reads it once, and no word of it
is lost on the desk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.content import Catalogue
from tests.browser.conftest import Phone
from tests.browser.test_translation import bilingual, log_in, packages, readable  # noqa: F401 - fixtures
from tests.support.gateway import Gateway, Visitor, wait_for

DANGER = "Mă bate acum și nu pot să ies, ajutor!"
WRITTEN = "Blijf waar je bent. Ik bel je om 14:30."
READ = "Rămâi unde ești. Te sun la 14:30."
CHANGED = "Rămâi unde ești. Te sun la 15:30."

LINE = """() => {
  const fetched = window.fetch;
  const line = window.line = { held: null, hold: false, lose: false, cut: false, cutUntil: Infinity, sent: 0 };
  window.fetch = async (path, options) => {
    if (!/[/]messages([?]|$)/.test(path)) return fetched(path, options);
    if (options.method === "GET") {
      if (line.cut) throw new TypeError("nothing can be read");
      return fetched(path, options);
    }
    if (++line.sent >= line.cutUntil) line.cut = false;
    if (line.hold) await new Promise((free) => { line.held = free; });
    const answer = await fetched(path, options);
    if (line.lose) { line.lose = false; throw new TypeError("the answer is lost"); }
    return answer;
  };
}"""
"""A bad line to the talk: `hold` keeps what is sent back, `lose` loses one answer, `cut` reads nothing."""


@pytest.fixture(scope="module")
def phone(bilingual: Gateway, browser: Browser, words: Catalogue) -> Iterator[Phone]:  # noqa: F811
    bilingual.wait_for_engine()  # until then a person is answered with the menu, and asks for somebody in another way
    held = Phone(browser, bilingual.url, locale="nl-BE")
    log_in(bilingual, held, words)
    yield held
    assert held.errors == []
    held.context.close()


@pytest.fixture
def desk(phone: Phone) -> Page:
    return phone.page


def unclaimed(desk: Page, house: Gateway) -> set[str]:
    """The numbers of the cases that wait."""
    cases = desk.request.get(house.url + "/desk/api/queue").json()["cases"]
    return {found["number"] for found in cases if found["state"] != "owned"}


def case(desk: Page, house: Gateway, words: Catalogue, *, danger: bool = False) -> Visitor:
    """Somebody whose case the caseworker has open."""
    person, before = Visitor(house.url, "ro"), unclaimed(desk, house)
    if danger:
        person.write(DANGER)
    else:
        person.ask("Am 250 de euro și nu am acte.")

        def asked() -> bool:
            labels = [choice["label"] for message in person.messages() for choice in message["choices"]]
            yes, human = words.label("choices.yes", "ro"), words.topic_label("talk_to_human", "ro")
            person.wait_for_answer(person.choose(yes if yes in labels else human))
            return yes in labels

        wait_for("a caseworker is asked", asked)
    # By its number: what was an emergency in an earlier test may still call, and its bar would open that one.
    (number,) = wait_for("the desk knows of the case", lambda: unclaimed(desk, house) - before)
    desk.goto(house.url + "/desk?lang=nl")
    desk.get_by_role("button", name=re.compile(f"{words.label('desk.claim', 'nl')}.*{number}")).click()
    expect(desk.locator("#log li.person").first).to_be_visible()
    desk.evaluate(LINE)
    return person


def translated(desk: Page) -> None:
    """Written, and the translation is there."""
    desk.locator("#text").fill(WRITTEN)
    desk.locator("#reply").click()
    expect(desk.locator("#draft-text")).to_have_value(READ)
    expect(desk.locator("#draft-back")).to_have_text(WRITTEN)


def in_danger(desk: Page, person: Visitor) -> None:
    person.write(DANGER)
    expect(desk.locator("#case-facts .badge.emergency")).to_be_attached()


def again(desk: Page) -> None:
    desk.locator("#log li.unsent button").click()


def looked_and_sent(desk: Page, back: str = WRITTEN) -> None:
    expect(desk.locator("#draft-back")).to_have_text(back)
    expect(desk.locator("#draft-to")).to_have_text("(Roemeens)")
    expect(desk.locator("#draft-send")).to_be_disabled()
    desk.locator("#draft-looked").check()
    desk.locator("#draft-send").click()


def said(desk: Page) -> Locator:
    return desk.locator("#log li.caseworker:not([data-pending]) > .text")


def read_by(person: Visitor) -> list[str]:
    return [message["text"] for message in person.messages() if message["from"] == "caseworker"]


def test_what_may_be_wrong_with_the_back_translation_stands_under_it(
    bilingual: Gateway, desk: Page, words: Catalogue, pictures: Path  # noqa: F811
) -> None:
    """It is what the caseworker relies on: a number that it lost may still be in what the person reads, or not."""
    case(desk, bilingual, words, danger=True)
    translated(desk)
    under = desk.locator("#draft-back + #draft-back-doubts")
    expect(under).to_be_empty()
    desk.locator("#draft-text").fill("Nu pot să vin, te sun la 14:30.")
    expect(under).to_contain_text(words.label("desk.doubt_numbers", "nl"))
    expect(under).to_contain_text(words.label("desk.back_translation", "nl"))
    expect(desk.locator("#draft-back")).not_to_contain_text("14:30")
    expect(desk.locator("#draft-doubts")).not_to_contain_text(words.label("desk.doubt_numbers", "nl"))
    expect(under).to_be_in_viewport(ratio=1)
    expect(desk.locator("#draft-looked")).to_be_in_viewport(ratio=1)
    desk.screenshot(path=pictures / "25-doubtful-back-translation.png")
    readable(desk)
    desk.locator("#draft-text").press_sequentially(".")
    expect(under).to_be_empty()
    desk.locator("#draft-text").fill(READ)
    expect(desk.locator("#draft-back")).to_have_text(WRITTEN)
    expect(under).to_be_empty()


def test_danger_that_begins_while_it_is_under_way_loses_neither_it_nor_the_next(
    bilingual: Gateway, desk: Page, words: Catalogue  # noqa: F811
) -> None:
    person = case(desk, bilingual, words)
    translated(desk)
    desk.evaluate("line.hold = true")
    desk.locator("#draft-send").click()
    desk.wait_for_function("() => line.held !== null")
    desk.locator("#text").fill("Ben je")
    in_danger(desk, person)
    desk.evaluate("line.held()")
    expect(desk.locator("#log li.unsent > .text")).to_have_text(READ)
    expect(desk.locator("#log li.unsent > .head").first).to_contain_text(words.label("desk.look_first", "nl"))
    desk.reload()
    again(desk)
    looked_and_sent(desk)
    expect(said(desk)).to_have_text([READ])
    expect(desk.locator("#log [data-pending]")).to_have_count(0)
    expect(desk.locator("#text")).to_have_value("Ben je")
    assert read_by(person) == [READ]


@pytest.mark.parametrize("known", ["when the line is back", "with the second answer"])
def test_what_got_through_before_the_danger_is_not_asked_for_again(
    bilingual: Gateway, desk: Page, words: Catalogue, known: str  # noqa: F811
) -> None:
    person = case(desk, bilingual, words)
    translated(desk)
    desk.evaluate("line.lose = line.cut = true; line.cutUntil = 2")
    desk.locator("#draft-send").click()
    expect(desk.locator("#log li.unsent > .text")).to_have_text(READ)
    if known == "when the line is back":
        desk.evaluate("line.cut = false")
        in_danger(desk, person)
    else:
        in_danger(desk, person)
        again(desk)
    expect(said(desk)).to_have_text([READ])
    expect(desk.locator("#log [data-pending]")).to_have_count(0)
    expect(desk.locator("#text")).to_have_value("")
    assert read_by(person) == [READ]


def test_a_gateway_that_was_started_anew_asks_for_a_look_at_what_was_written(
    bilingual: Gateway, desk: Page, words: Catalogue  # noqa: F811
) -> None:
    person = case(desk, bilingual, words, danger=True)
    translated(desk)
    desk.locator("#draft-text").fill(CHANGED)
    expect(desk.locator("#draft-back")).to_contain_text("15:30")
    desk.locator("#draft-looked").check()
    assert bilingual.process is not None
    bilingual.process.kill()
    bilingual.process.wait()
    bilingual.start(engine=False)
    desk.locator("#draft-send").click()
    expect(desk.locator("#log li.unsent > .text")).to_have_text(CHANGED)
    again(desk)
    expect(desk.locator("#draft-text")).to_have_value(CHANGED)
    looked_and_sent(desk, WRITTEN.replace("14", "15"))
    expect(said(desk)).to_have_text([CHANGED])
    expect(desk.locator("#log [data-pending]")).to_have_count(0)
    assert read_by(person) == [CHANGED]


def test_danger_that_begins_before_it_is_sent_asks_for_the_look_at_once(
    bilingual: Gateway, desk: Page, words: Catalogue  # noqa: F811
) -> None:
    person = case(desk, bilingual, words)
    translated(desk)
    expect(desk.locator("#draft-look")).to_be_hidden()
    expect(desk.locator("#draft-send")).to_be_enabled()
    in_danger(desk, person)
    expect(desk.locator("#draft-look")).to_be_visible()
    looked_and_sent(desk)
    expect(said(desk)).to_have_text([READ])
    assert read_by(person) == [READ]


@pytest.mark.parametrize("known", ["while it is looked at", "with the second answer"])
def test_what_is_changed_after_it_got_through_is_a_reply_of_its_own(
    bilingual: Gateway, desk: Page, words: Catalogue, known: str  # noqa: F811
) -> None:
    """The first try was stored, and the page could read nothing until later."""
    person = case(desk, bilingual, words)
    translated(desk)
    desk.evaluate("line.lose = line.cut = true; line.cutUntil = 3")
    desk.locator("#draft-send").click()
    expect(desk.locator("#log li.unsent > .text")).to_have_text(READ)
    in_danger(desk, person)
    again(desk)
    expect(desk.locator("#log li.unsent > .head").first).to_contain_text(words.label("desk.look_first", "nl"))
    again(desk)
    desk.locator("#draft-text").fill(CHANGED)
    expect(desk.locator("#draft-back")).to_contain_text("15:30")
    if known == "while it is looked at":
        desk.evaluate("line.cut = false")
        person.write("Mi-e frică.")
        expect(said(desk)).to_have_text([READ])
        expect(desk.locator("#log [data-pending]")).to_have_count(0)
        looked_and_sent(desk, WRITTEN.replace("14", "15"))
    else:
        looked_and_sent(desk, WRITTEN.replace("14", "15"))
        expect(said(desk)).to_have_text([READ])
        expect(desk.locator("#log li.unsent > .text")).to_have_text(CHANGED)
        assert read_by(person) == [READ]
        again(desk)
        looked_and_sent(desk, WRITTEN.replace("14", "15"))
    expect(said(desk)).to_have_text([READ, CHANGED])
    expect(desk.locator("#log [data-pending]")).to_have_count(0)
    assert read_by(person) == [READ, CHANGED]
