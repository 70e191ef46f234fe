"""From the page to Telegram: said honestly, opened in the app, the same talk; by the link and by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.gateway import Gateway, running, wait_for
from tests.support.ports import free_port
from tests.support.telegram import Person, Wire, environment, telegram


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with telegram() as made:
        yield made


@pytest.fixture(scope="module")
def both(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("both")
    with running(folder, free_port(), env=environment(wire, folder)) as gateway:
        wait_for("the bot knows its name", lambda: "telegram" in gateway.log or wire.calls)
        yield gateway


@pytest.mark.parametrize("by_hand", [False, True])
def test_the_talk_goes_on_in_telegram(
    both: Gateway, wire: Wire, browser: Browser, words: Catalogue, pictures: Path, by_hand: bool
) -> None:
    phone = Phone(browser, both.url, locale="en", size=SMALL)
    page = phone.page
    page.goto(both.url + "/")
    page.get_by_role("button", name="English").click()
    page.locator("#start").click()
    page.locator("#text").fill("is it free")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.bot")).to_have_count(2)
    page.locator("#menu-open").click()
    expect(page.locator("#telegram-part")).to_contain_text(words.label("visitor.telegram_explained", "en"))
    page.locator("#telegram").scroll_into_view_if_needed()
    page.screenshot(path=pictures / "18-telegram.png")
    link = page.locator("#telegram").get_attribute("href")
    assert link and link.startswith("tg://resolve?domain="), "not an address that the history keeps"
    code = page.locator("#return-code").text_content()
    person = Person(wire, 7700 + by_hand, "en")
    person.write(f"/start {code}" if by_hand else "/start " + link.partition("start=")[2])
    person.wait_for(words.say("telegram.moved", "en"))
    expect(page.locator("#before")).to_be_visible()
    assert "is it free" not in page.content()
    phone.context.close()


def test_without_scripts_too(both: Gateway, wire: Wire, browser: Browser, words: Catalogue) -> None:
    phone = Phone(browser, both.url, locale="en", size=SMALL, scripts=False)
    page = phone.page
    page.goto(both.url + "/")
    page.get_by_role("button", name="English").click()
    page.locator("#start").click()
    page.locator("#menu > summary").click()
    expect(page.locator(".panel")).to_contain_text(words.label("visitor.telegram_explained", "en"))
    link = page.locator("#telegram").get_attribute("href")
    assert link and link.startswith("tg://resolve?domain=")
    person = Person(wire, 7750, "en")
    person.write("/start " + link.partition("start=")[2])
    person.wait_for(words.say("telegram.moved", "en"))
    page.locator("#menu > summary").click()
    page.locator("#look").click()
    expect(page.locator("#note")).to_contain_text(words.label("visitor.page_closed", "en"))
    phone.context.close()


def test_without_a_bot_nothing_is_said_of_it(house: Gateway, browser: Browser) -> None:
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    phone.page.goto(house.url + "/")
    phone.page.get_by_role("button", name="English").click()
    phone.page.locator("#start").click()
    phone.page.locator("#menu-open").click()
    expect(phone.page.locator("#return-code")).to_be_visible()
    expect(phone.page.locator("#telegram-part")).to_be_hidden()
    phone.context.close()
