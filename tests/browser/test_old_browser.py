"""A phone that was never updated since July 2021: the whole talk in Chromium 92, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from bot.content import Catalogue
from tests.browser.conftest import SMALL
from tests.support.gateway import Gateway, running
from tests.support.old_browser import ARGUMENTS, OldPage, installed
from tests.support.ports import free_port

ANDROID = (
    "Mozilla/5.0 (Linux; Android 9; SM-J415FN) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/92.0.4512.0 "
    "Mobile Safari/537.36"
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Without an engine: the page is what is tested here, and the topics to press are there without it."""
    with running(tmp_path_factory.mktemp("house"), free_port(), engine=False) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(installed()), args=ARGUMENTS)
        assert started.version.startswith("92."), "it is the old one"
        yield started
        started.close()


def opened(browser: Browser, url: str, **more: Any) -> OldPage:
    context = browser.new_context(
        viewport=SMALL, device_scale_factor=2, is_mobile=True, has_touch=True, user_agent=ANDROID, locale="nl-BE",
        **more,
    )  # fmt: skip
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(url) else route.fulfill(
        body="<title>Weather</title>sunny", content_type="text/html"
    ))  # fmt: skip
    return OldPage(context, url + "/")


def test_the_whole_talk(house: Gateway, browser: Browser, words: Catalogue, pictures: Path) -> None:
    phone = opened(browser, house.url)
    page = phone.page
    phone.tap("button[name=language]", "Nederlands")
    phone.wait_for("#before-text", words.label("visitor.before_who", "nl"))
    phone.tap("#start")
    phone.wait_for("#log li.bot", words.say("welcome", "nl")[:40])
    phone.write("is het gratis")
    phone.wait("document.querySelectorAll('#log li.bot').length >= 2")
    phone.tap("#log .choices button", phone.texts("#log .choices button")[0])  # whatever people ask next
    phone.wait("document.querySelectorAll('#log li.bot').length >= 3")
    page.screenshot(path=pictures / "31-browser-of-2021.png")

    phone.tap("#menu-open")
    phone.wait("document.getElementById('menu').hasAttribute('open')")
    code = phone.texts("#return-code")[0]
    assert len(code.split()) == 6
    phone.tap("#menu-close")

    phone.context.set_offline(True)
    phone.write("wie zijn jullie")
    phone.wait("document.querySelectorAll('#log li.waiting').length === 1")
    phone.context.set_offline(False)
    phone.wait("document.querySelectorAll('#log li.waiting').length === 0")
    phone.wait("document.querySelectorAll('#log li.bot').length >= 4")

    phone.write("hij heeft mij opgesloten en hij slaat mij nu")
    phone.wait_for("#log li.emergency", "112")
    assert phone.texts("#log li.emergency .call")[0].endswith("112")
    page.screenshot(path=pictures / "32-browser-of-2021-danger.png")
    box = page.evaluate("document.querySelector('#log li.emergency .call').getBoundingClientRect().toJSON()")
    bar = page.evaluate("document.querySelector('header.bar').getBoundingClientRect().bottom")
    assert bar <= box["top"] and box["bottom"] <= SMALL["height"], "the numbers are under the thumb"

    phone.tap("#text")
    page.keyboard.insert_text("een halve zin")
    before = phone.texts("#log li .text")
    page.reload()
    phone.wait("document.querySelectorAll('#log li .text').length >= wanted", len(before))
    assert phone.texts("#log li .text")[: len(before)] == before
    phone.wait("document.getElementById('text').value === 'een halve zin'")

    phone.tap("#leave")
    phone.wait("document.title === 'Weather'")
    page.go_back()
    phone.wait("document.title !== 'Weather'")
    assert "gratis" not in page.content()
    assert phone.errors == []

    other = opened(browser, house.url)
    other.tap("button[name=language]", "Nederlands")
    other.tap("#return summary")
    other.tap("#code")
    other.page.keyboard.insert_text(code)
    other.tap("#restore button")
    other.wait("document.querySelectorAll('#log li .text').length >= wanted", len(before))
    assert other.errors == []


def test_from_right_to_left(house: Gateway, browser: Browser, words: Catalogue, pictures: Path) -> None:
    phone = opened(browser, house.url)
    phone.tap("button[name=language]", "العربية")
    phone.tap("#start")
    phone.wait_for("#log li.bot", words.say("welcome", "ar")[:20])
    assert phone.page.evaluate("getComputedStyle(document.querySelector('#log .text')).direction") == "rtl"
    assert phone.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), "nothing to push sideways"
    phone.page.screenshot(path=pictures / "33-browser-of-2021-arabic.png")
    assert phone.errors == []


def test_by_forms_without_scripts(house: Gateway, browser: Browser, words: Catalogue) -> None:
    phone = opened(browser, house.url, java_script_enabled=False)
    phone.tap("button[name=language]", "Nederlands")
    phone.tap("#start")
    phone.wait_for("#log li.bot", words.say("welcome", "nl")[:40])
    phone.write("hij heeft mij opgesloten en hij slaat mij nu")
    phone.wait_for("#log li.emergency", "112")
    phone.tap("#menu summary")
    phone.wait_for("#menu", words.label("visitor.return_code_explained", "nl")[:30])
    phone.tap("#menu summary")
    phone.tap("#leave")
    # Between two pages there is none, and no body.
    left = "document.title === 'Weather' || (document.body && !document.body.innerText.includes('opgesloten'))"
    phone.wait(left)
