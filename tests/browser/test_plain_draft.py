"""In danger, words that were drafted as a translation are looked at even when they are sent as one's own. There is a
way on from there, and other untranslated words never wait."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from bot.content import Catalogue
from tests.browser.test_look_first import (  # noqa: F401 - fixtures
    READ,
    WRITTEN,
    again,
    case,
    desk,
    looked_and_sent,
    phone,
    read_by,
    said,
    translated,
)
from tests.browser.test_translation import bilingual, packages  # noqa: F401 - fixtures
from tests.support.gateway import Gateway


def plainly(page: Page, text: str) -> None:
    page.locator("#text").fill(text)  # a draft that stands there is gone by it
    if page.locator("#translating").get_attribute("aria-pressed") == "true":
        page.locator("#translating").click()
    page.locator("#reply").click()


def test_a_draft_that_is_copied_into_an_untranslated_reply(
    bilingual: Gateway, desk: Page, words: Catalogue  # noqa: F811
) -> None:
    person = case(desk, bilingual, words, danger=True)
    translated(desk)
    plainly(desk, READ)
    expect(desk.locator("#foreign")).to_be_visible()  # once in a case: can the person read this?
    desk.locator("#reply").click()
    unsent = desk.locator("#log li.unsent")
    expect(unsent).to_contain_text(words.label("desk.look_first", "nl"))
    assert read_by(person) == []
    again(desk)
    looked_and_sent(desk)
    expect(said(desk)).to_have_text(READ)
    assert read_by(person) == [READ], "once"

    plainly(desk, WRITTEN)
    expect(said(desk)).to_have_text([READ, WRITTEN])
    expect(desk.locator("#log li.unsent")).to_have_count(0)
    assert read_by(person) == [READ, WRITTEN], "what was written goes out as it is"


def test_as_written_out_of_the_draft(bilingual: Gateway, desk: Page, words: Catalogue) -> None:  # noqa: F811
    """The button under the draft that sends the original."""
    person = case(desk, bilingual, words, danger=True)
    if desk.locator("#translating").get_attribute("aria-pressed") != "true":
        desk.locator("#translating").click()
    translated(desk)
    desk.locator("#draft-plain").click()
    expect(said(desk)).to_have_text(re.compile(re.escape(WRITTEN)))
    assert read_by(person) == [WRITTEN]
