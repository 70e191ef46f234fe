"""Another language in the middle of a talk: the way out, the numbers, the menu and the direction go along."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.answers import pattern
from tests.support.gateway import Gateway, running
from tests.support.ports import free_port

DANGER = {"nl": "hij slaat mij nu met een riem", "ar": "هو يضربني الآن"}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Without the engine: a language is chosen, and a danger seen, without it."""
    env = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "s" * 20}
    with running(tmp_path_factory.mktemp("alone"), free_port(), engine=False, env=env) as started:
        yield started


def begin(phone: Phone, language: str) -> Page:
    page = phone.start(language)
    expect(page.locator("#log li.bot").first).to_be_visible()
    return page


def in_arabic(page: Page, words: Catalogue) -> None:
    """All of the page, whatever was said in it before."""
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page).to_have_title(words.label("visitor.title", "ar"))
    for where, key in (("#leave", "leave_now"), ("#send", "send"), ("#menu-open", "menu")):
        expect(page.locator(where)).to_contain_text(words.label(f"visitor.{key}", "ar"))
    expect(page.locator("#text")).to_have_attribute("placeholder", words.label("visitor.write_here", "ar"))


def call(page: Page) -> Locator:
    return page.locator("#log .calls a").first


def test_the_menu_brings_all_of_the_page_into_another_language(
    alone: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL)
    page = begin(phone, "nl")
    page.locator("#text").fill(DANGER["nl"])
    page.keyboard.press("Enter")
    expect(call(page)).to_have_text(words.label("visitor.call_112", "nl"))
    page.locator("#menu-open").click()
    page.locator("#tongues summary").click()
    page.locator("#tongues button[value=ar]").click()
    expect(page.locator("#log li.bot .text").last).to_have_text(words.say("language.switched", "ar"))
    in_arabic(page, words)
    expect(call(page)).to_have_text(words.label("visitor.call_112", "ar"))
    page.locator("#menu-open").click()
    expect(page.locator("#delete")).to_have_text(words.label("visitor.delete_chat", "ar"))
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("#log li.emergency")).to_have_count(1)
    in_arabic(page, words)
    assert not phone.errors
    phone.context.close()


def test_a_button_under_a_message_does_the_same_and_the_code_opens_it_so(
    alone: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL)
    page = begin(phone, "nl")
    page.locator("#text").fill(DANGER["nl"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name=words.label("choices.language", "nl")).click()
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("#log li.bot .text").last).to_have_text(words.say("language.switched", "ar"))
    in_arabic(page, words)

    other = Phone(browser, alone.url, locale="fr", size=SMALL)
    other.choose("fr")
    other.page.locator("#return summary").click()
    other.page.locator("#code").fill(page.locator("#return-code").text_content() or "")
    other.page.locator("#restore button").click()
    expect(other.page.locator("#log li.emergency")).to_have_count(1)
    in_arabic(other.page, words)
    for one in (phone, other):
        one.context.close()


def test_a_talk_in_another_language_is_shown_in_it_from_the_first_moment(
    alone: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, alone.url, locale="ar", size=SMALL)
    code = begin(phone, "ar").locator("#return-code").text_content() or ""
    other = Phone(browser, alone.url, locale="fr", size=SMALL)
    page = other.choose("fr")
    held: list[Route] = []
    page.route("**/words/ar", lambda route: held.append(route), times=1)  # noqa: PLW0108 - it must be a function
    page.locator("#return summary").click()
    page.locator("#code").fill(code)
    with page.expect_request("**/words/ar"):
        page.locator("#restore button").click()
    expect(page.locator("#before")).to_be_visible()
    expect(page.locator("#leave")).to_contain_text(words.label("visitor.leave_now", "fr"))
    held[0].continue_()
    expect(page.locator("#log li.bot")).to_have_count(1)
    in_arabic(page, words)
    for one in (phone, other):
        one.context.close()


def test_without_scripts_the_menu_has_it_too(alone: Gateway, browser: Browser, words: Catalogue) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL, scripts=False)
    page = begin(phone, "nl")
    page.locator("#menu > summary").click()
    page.locator("#menu details summary").click()
    page.locator("#menu button[value=ar]").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#leave")).to_contain_text(words.label("visitor.leave_now", "ar"))
    expect(page.locator("#log li.bot .text").last).to_have_text(words.say("language.switched", "ar"))
    phone.context.close()


def test_what_is_written_is_answered_in_its_language_and_the_page_goes_along_with_a_press(
    house: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    page = begin(phone, "en")
    page.locator("#text").fill("je n'ai pas de papiers, est-ce que vous allez m'expulser ?")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.bot .text").nth(1)).to_have_text(pattern(words, "no_papers", "fr"))
    expect(page.locator("#log li.bot .text").nth(2)).to_have_text(words.say("language.offer", "fr"))
    expect(page.locator("html")).to_have_attribute("lang", "en")  # a guess changes nothing by itself
    page.get_by_role("button", name=words.topic_label("talk_to_human", "fr")).click()
    expect(page.locator("#log li.bot .text").last).to_have_text(words.say("handoff.offer", "fr"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#leave")).to_contain_text(words.label("visitor.leave_now", "fr"))
    phone.context.close()


def test_a_danger_is_answered_in_its_language_too(alone: Gateway, browser: Browser, words: Catalogue) -> None:
    phone = Phone(browser, alone.url, locale="en", size=SMALL)
    page = begin(phone, "en")
    page.locator("#text").fill("il me frappe maintenant, je ne peux pas sortir")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.emergency")).to_contain_text(words.label("choices.safe", "fr"))
    phone.context.close()


@pytest.mark.parametrize("code", ["nl", "ar"])  # the phone's own, whose first words come with the page, and another
def test_no_talk_is_shown_before_its_words_are_there(
    alone: Gateway, browser: Browser, words: Catalogue, code: str
) -> None:
    phone = Phone(browser, alone.url, locale="nl-BE", size=SMALL)
    page = phone.page
    held: list[Route] = []
    page.route("**/words/*/within", lambda route: held.append(route), times=2)  # noqa: PLW0108 - it must be a function
    page.goto(phone.url + "/")
    with page.expect_request("**/words/*/within"):
        page.locator(f"[name=language][value={code}]").click()
    expect(page.locator("#start")).to_have_text(words.label("visitor.start", code))
    with page.expect_request("**/words/*/within"):
        held[0].abort()  # the network was away: asked for once more
    with page.expect_response("**/api/conversations"):
        page.locator("#start").click()
    expect(page.locator("#before")).to_be_visible()
    held[1].continue_()
    expect(page.locator("#log li.bot")).to_have_count(1)
    expect(page.locator("#send")).to_contain_text(words.label("visitor.send", code))
    expect(page.locator("#text")).to_have_attribute("placeholder", words.label("visitor.write_here", code))
    page.locator("#menu-open").click()
    expect(page.locator("#ask-person")).to_have_text(words.label("visitor.talk_to_person", code))
    phone.context.close()
