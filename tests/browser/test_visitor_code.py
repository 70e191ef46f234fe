"""The return code: offered once in the talk, and one that is wrong stays in its field with what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.gateway import Gateway, running
from tests.support.ports import free_port


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Without the engine, which has no part in it."""
    env = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "s" * 20}
    with running(tmp_path_factory.mktemp("alone"), free_port(), engine=False, env=env) as started:
        yield started


def begin(phone: Phone) -> Page:
    page = phone.start("nl")
    expect(page.locator("#log li.bot")).to_have_count(1)
    return page


def write(page: Page, text: str, answers: int) -> None:
    page.locator("#text").fill(text)
    page.locator("#write .primary").click()
    expect(page.locator("#log li.bot")).to_have_count(answers)


def test_it_is_offered_once_after_the_first_answer(alone: Gateway, browser: Browser, words: Catalogue) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL)
    page = begin(phone)
    offer = page.locator("#log li.offer")
    expect(offer).to_have_count(0)
    write(page, "wie zijn jullie", 2)
    expect(offer.locator(".text")).to_have_text(words.label("visitor.keep_code", "nl"))
    code = page.locator("#return-code").text_content()
    assert code and code not in offer.inner_text(), "whoever looks over the shoulder does not read it"
    offer.get_by_role("button", name=words.label("visitor.keep_code_show", "nl")).click()
    expect(offer.locator(".code")).to_have_text(code)
    expect(offer.locator(".code")).to_be_in_viewport(ratio=1)
    write(page, "is het gratis", 3)
    page.reload()
    expect(page.locator("#log li.bot")).to_have_count(3)
    expect(offer).to_have_count(0)
    phone.context.close()


def test_it_is_not_offered_beside_a_danger_and_goes_with_the_next_word(alone: Gateway, browser: Browser) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL)
    page = begin(phone)
    write(page, "wie zijn jullie", 2)
    expect(page.locator("#log li.offer")).to_have_count(1)
    page.locator("#text").fill("hij slaat mij nu met een riem")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.emergency")).to_have_count(1)
    expect(page.locator("#log li.offer")).to_have_count(0)
    phone.context.close()
    other = Phone(browser, alone.url, locale="nl", size=SMALL)
    page = begin(other)
    page.locator("#text").fill("hij slaat mij nu met een riem")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.emergency ~ li")).not_to_have_count(0)
    expect(page.locator("#log li.offer")).to_have_count(0)
    other.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_wrong_one_stays_and_the_wrong_word_is_named(
    alone: Gateway, browser: Browser, words: Catalogue, scripts: bool
) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL, scripts=scripts)
    page = phone.choose("nl")
    page.locator("#return summary", has_text=words.label("visitor.restore_chat", "nl")).click()
    said = page.locator("#restore-error" if scripts else "#note")
    unknown = words.label("visitor.code_unknown", "nl", word="abel")
    for typed, wrong in (
        ("abandon ability abel about above absent", unknown),
        ("abandon ability abel about above", f"{unknown} {words.label('visitor.code_six', 'nl')}"),
        ("abandon ability able about above absent", words.label("visitor.restore_failed", "nl")),
    ):
        page.locator("#code").fill(typed)
        page.locator("#restore button").click()
        expect(said).to_have_text(wrong)
        expect(page.locator("#code")).to_have_value(typed)
    phone.context.close()


def test_without_scripts_it_is_offered_with_the_first_answer(
    alone: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL, scripts=False)
    page = begin(phone)
    write(page, "wie zijn jullie", 2)
    expect(page.locator(".offer .code")).to_be_hidden()
    page.locator(".offer summary").click()
    expect(page.locator(".offer .code")).to_have_text(page.locator("#return-code").text_content() or "x")
    write(page, "is het gratis", 3)
    expect(page.locator(".offer")).to_have_count(0)
    phone.context.close()


def restored(alone: Gateway, browser: Browser, code: str) -> Phone:
    other = Phone(browser, alone.url, locale="nl", size=SMALL)
    other.choose("nl")
    other.page.locator("#restore").evaluate("form => form.closest('details').open = true")
    other.page.locator("#code").fill(code)
    other.page.locator("#restore button").click()
    expect(other.page.locator("#log li.bot")).to_have_count(1)
    return other


def test_a_tab_whose_talk_was_opened_elsewhere_says_so(alone: Gateway, browser: Browser, words: Catalogue) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL)
    page = begin(phone)
    other = restored(alone, browser, page.locator("#return-code").text_content() or "")
    expect(page.locator("#note")).to_have_text(words.label("visitor.elsewhere", "nl"))
    assert page.evaluate("sessionStorage.getItem('token')") is None
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none", "no frame round the page"
    for one in (phone, other):
        one.context.close()


def test_a_tab_that_was_away_meanwhile_knows_only_that_it_is_not_open(
    alone: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL)
    page = begin(phone)
    code = page.locator("#return-code").text_content() or ""
    page.route("**/api/**", lambda route: route.abort())
    page.reload()
    expect(page.locator("#status-word")).to_have_text(words.label("visitor.connection_lost", "nl"))
    other = restored(alone, browser, code)
    page.unroute("**/api/**")
    page.reload()
    expect(page.locator("#note")).to_have_text(words.label("visitor.not_open", "nl"))
    for one in (phone, other):
        one.context.close()
