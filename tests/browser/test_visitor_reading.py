"""Nobody who reads is thrown elsewhere: what comes out of sight is one tap away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.caseworker import Caseworker, first
from tests.support.gateway import Gateway


@pytest.fixture(scope="module")
def colleague(house: Gateway) -> Iterator[Caseworker]:
    yield first(house)


def seen(page: Page) -> None:
    """Two frames later: the page has heard of the last scrolling."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_who_reads_further_up_stays_there_and_has_what_is_new_at_one_tap(
    house: Gateway, browser: Browser, words: Catalogue, colleague: Caseworker
) -> None:
    phone = Phone(browser, house.url, locale="nl", size=SMALL)
    page = phone.start("nl")
    expect(page.locator("#log li.bot")).to_have_count(1)
    page.locator("#text").fill("hij slaat mij nu met een riem")
    page.keyboard.press("Enter")
    numbers = page.locator("#log li.emergency .call").first
    expect(numbers).to_be_in_viewport(ratio=1)

    case = colleague.wait_for_case()["id"]
    assert colleague.claim(case).status_code == 200
    joined = page.locator("#log li.system", has_text=words.say("handoff.joined", "nl"))
    expect(joined).to_have_count(1)
    expect(page.locator("#news")).to_be_in_viewport(ratio=1)
    expect(page.locator("#news")).to_contain_text(words.label("visitor.new_message", "nl"))
    expect(numbers).to_be_in_viewport(ratio=1)

    colleague.reply(case, "Ik ben er. Kun je schrijven?")
    told = page.locator("#log li.caseworker")
    expect(told).to_be_in_viewport(ratio=1)
    expect(page.locator("#news")).to_be_hidden()

    page.evaluate("scrollTo(0, 0)")
    seen(page)
    for text in ("Ben je alleen?", "Ik blijf hier."):
        colleague.reply(case, text)
    expect(told).to_have_count(3)
    assert page.evaluate("scrollY") == 0, "one goes on reading where one was"
    expect(page.locator("#news")).to_contain_text("2")
    page.locator("#news").click()
    expect(told.nth(1)).to_be_in_viewport(ratio=1)
    expect(page.locator("#news")).to_be_hidden()

    page.evaluate("scrollTo(0, 0)")
    seen(page)
    page.locator("#text").fill("ja")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.person").last).to_be_in_viewport(ratio=1)
    page.evaluate("scrollTo(0, 0)")
    seen(page)
    page.reload()
    expect(page.locator("#log li.person").last).to_be_in_viewport(ratio=1)
    expect(page.locator("#news")).to_be_hidden()
    phone.context.close()


@pytest.mark.parametrize("lang", ["nl", "ar"])
def test_what_says_that_there_is_more_lies_over_no_text(
    house: Gateway, browser: Browser, words: Catalogue, colleague: Caseworker, pictures: Path, lang: str
) -> None:
    """Also with letters of twice the size: it has a line of its own, above the field, and nothing of it is cut."""
    phone = Phone(browser, house.url, locale="nl", size=SMALL)
    page = phone.start(lang)
    page.locator("#text").fill("hij slaat mij nu met een riem")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.emergency")).to_have_count(1)
    case = colleague.wait_for_case(lambda one: one["state"] == "waiting")["id"]
    assert colleague.claim(case).status_code == 200
    expect(page.locator("#log li.system", has_text=words.say("handoff.joined", lang))).to_have_count(1)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.evaluate("scrollTo(0, 0)")
    seen(page)
    for text in ("Ben je alleen?", "Ik blijf hier."):
        colleague.reply(case, text)
    expect(page.locator("#log li.caseworker")).to_have_count(2)
    expect(page.locator("#news")).to_be_in_viewport(ratio=1)
    page.screenshot(path=pictures / f"visitor-more-{lang}.png")
    pill, field, written = (page.locator(name).bounding_box() for name in ("#news", "#write", "#text"))
    assert pill and field and written
    assert pill["y"] >= field["y"] and pill["y"] + pill["height"] <= written["y"], "between the talk and the field"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.context.close()


def test_who_looks_elsewhere_sees_in_the_tab_that_somebody_wrote_if_it_was_asked_for(
    house: Gateway, browser: Browser, words: Catalogue, colleague: Caseworker
) -> None:
    phone = Phone(browser, house.url, locale="nl", size=SMALL)
    page = phone.start("nl")
    page.locator("#text").fill("hij slaat mij nu met een riem")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.emergency")).to_have_count(1)
    case = colleague.wait_for_case(lambda one: one["state"] == "waiting")["id"]
    assert colleague.claim(case).status_code == 200
    expect(page.locator("#log li.system", has_text=words.say("handoff.joined", "nl"))).to_have_count(1)

    def looks(hidden: bool) -> None:
        page.evaluate(
            """(hidden) => { Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
              dispatchEvent(new Event("visibilitychange")); }""",
            hidden,
        )

    told, title = page.locator("#log li.caseworker"), words.label("visitor.title", "nl")
    looks(hidden=True)
    colleague.reply(case, "Ik ben er.")
    expect(told).to_have_count(1)
    expect(page).to_have_title(title)
    looks(hidden=False)
    page.locator("#menu-open").click()
    page.get_by_label(words.label("visitor.count_in_tab", "nl")).check()
    page.locator("#menu-close").click()
    looks(hidden=True)
    for number, text in enumerate(("Ben je veilig?", "Ik blijf hier."), 1):
        colleague.reply(case, text)
        expect(page).to_have_title(f"({number}) {title}")
    looks(hidden=False)
    expect(page).to_have_title(title)
    page.locator("#leave").click()
    expect(page).to_have_title("Weather")
    phone.context.close()
