"""What the program is, and who can use these pages: in every language, with scripts and without, and never an address
of their own in the history."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from bot.web.visitor.page import ABOUT
from tests.browser.conftest import SMALL, Phone
from tests.browser.test_for_everyone import LANGUAGES, alone, clean  # noqa: F401 - a fixture
from tests.support.gateway import Gateway

PROGRAM, EVERYONE = ABOUT


def said(words: Catalogue, page: str, code: str) -> list[str]:
    return [text for name, text in words.labels("info", code).items() if name.startswith(ABOUT[page])]


def press(page: Page, name: str, where: str = "") -> None:
    page.locator(f"{where} [name=do][value={name}]:visible").click()


def fits(page: Page, large: bool = False) -> None:
    if large:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("#leave")).to_be_in_viewport(ratio=1)
    page.evaluate("document.documentElement.style.fontSize = ''")


@pytest.mark.parametrize("code", LANGUAGES)
def test_they_open_over_the_first_page_and_over_the_talk(
    alone: Gateway, browser: Browser, words: Catalogue, pictures: Path, code: str,  # noqa: F811
) -> None:  # fmt: skip
    phone = Phone(browser, alone.url, locale=code, size=SMALL)
    page = phone.page
    page.goto(alone.url + "/")
    history = page.evaluate("history.length")
    for name in ABOUT:
        press(page, name, "#choose")
        expect(page.locator("#about-title")).to_have_text(words.label(f"visitor.{name}", code))
        assert page.locator("#about-text p").all_inner_texts() == said(words, name, code)
        expect(page.locator("#about-title")).to_be_in_viewport(ratio=1)
        clean(page, name)
        fits(page)
        fits(page, large=True)
        if code in {"nl", "ar", "zh"}:
            page.screenshot(path=pictures / f"40-{name}-{code}.png", full_page=True)
        page.locator("#about-close").click()
        expect(page.locator("#about")).to_be_hidden()
        expect(page.locator(f"#choose [value={name}]")).to_be_focused()
    page.locator("button.own").click()
    page.locator("#start").click()
    page.locator("#menu-open").click()
    press(page, PROGRAM, "#menu")
    expect(page.locator("#about-text a[href='tel:112']")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#about")).to_be_hidden()
    expect(page.locator("#menu")).to_be_visible()
    assert page.evaluate("[history.length, location.pathname, location.hash]") == [history, "/", ""]
    expect(page).to_have_title(words.label("visitor.title", code))
    assert not phone.errors
    phone.context.close()


@pytest.mark.parametrize("code", LANGUAGES)
def test_without_scripts_they_lead_back_to_what_was_typed(
    alone: Gateway, browser: Browser, words: Catalogue, code: str,  # noqa: F811
) -> None:  # fmt: skip
    phone = Phone(browser, alone.url, locale=code, size=SMALL)
    page = phone.page
    page.route("**/visitor.js*", lambda route: route.abort())  # so that axe, a script itself, can look
    page.goto(alone.url + "/")
    for name in ABOUT:
        press(page, name)
        expect(page.locator("h1")).to_have_text(words.label(f"visitor.{name}", code))
        assert page.locator("#about > p").all_inner_texts() == said(words, name, code)
        expect(page).to_have_title("Chat")
        expect(page.locator("#leave")).to_have_attribute("href", "leave")
        clean(page, name)
        fits(page)
        page.locator("#about .primary").click()
        expect(page.locator("button.own")).to_be_visible()
    page.locator("button.own").click()
    page.locator("#start").click()
    page.locator("#text").fill("two\nlines")
    page.locator("#menu > summary").click()
    press(page, EVERYONE)
    assert page.url == alone.url + "/talk#new"
    clean(page, "in a talk")
    page.locator("#about .primary").click()
    expect(page.locator("#text")).to_have_value("two\nlines")
    page.locator("#menu > summary").click()
    press(page, PROGRAM)
    page.locator("#leave").click()
    page.wait_for_url("https://**")
    phone.context.close()


def test_without_a_network_it_says_so_and_nothing_else_is_asked_for(
    alone: Gateway, browser: Browser, words: Catalogue,  # noqa: F811
) -> None:  # fmt: skip
    phone = Phone(browser, alone.url, locale="en", size=SMALL)
    page = phone.page
    page.goto(alone.url + "/")
    phone.context.set_offline(True)
    press(page, PROGRAM, "#choose")
    expect(page.locator("#about-text")).to_have_text(words.label("visitor.connection_lost", "en"))
    phone.context.close()
    for wrong in ("/about/en/nothing", "/about/xx/accessibility"):
        assert httpx.get(alone.url + wrong).status_code == 404
