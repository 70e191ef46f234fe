"""The page before the first message: a seat, three lines with signs, the history apart, and Start in view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.gateway import Gateway, running
from tests.support.ports import free_port

LINES = ("before_free", "before_who", "before_leave")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("code", ["nl", "ar", "zh", "bg"])
def test_it_offers_a_seat_and_begins_with_the_person(
    house: Gateway, browser: Browser, words: Catalogue, code: str, scripts: bool
) -> None:
    phone = Phone(browser, house.url, locale=code, size=SMALL, scripts=scripts)
    page = phone.choose(code)
    expect(page.locator("#start")).to_be_in_viewport(ratio=1)
    said = dict(words.labels("visitor", code))
    expect(page.locator("#before h2")).to_have_text(said["sit_down"])
    expect(page.locator("#before li")).to_have_text([said[key] for key in LINES])
    expect(page.locator("#nobody")).to_be_hidden()
    for line in page.locator("#before li").all():
        expect(line).to_be_in_viewport(ratio=1)
        expect(line.locator("svg")).to_be_visible()
    expect(page.locator(".history > p")).to_have_text(said["before_history"])
    expect(page.locator(".history > p")).to_be_in_viewport(ratio=1)

    for summary, key in (("how_remove", "history_how"), ("what_is_kept", "kept_how")):
        told = page.locator("#before").get_by_text(said[key])
        expect(told).to_be_hidden()
        page.locator("#before summary", has_text=said[summary]).click()
        expect(told).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    unread = said["answers_draft"]
    assert unread not in page.locator("#before").inner_text()
    page.locator("#start").click()
    expect(page.locator("#log li.bot")).to_have_count(1)
    expect(page.get_by_text(unread)).to_be_hidden()
    page.locator("#menu-open, #menu > summary").click()
    expect(page.get_by_text(unread)).to_be_visible(visible=words.language(code).answers == "draft")
    phone.context.close()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Nobody is at the desk, and nobody can be called."""
    env = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "s" * 20, "INLOOP_PAGE_URLS": "[]"}
    with running(tmp_path_factory.mktemp("alone"), free_port(), engine=False, env=env) as started:
        yield started


@pytest.mark.parametrize("scripts", [True, False])
def test_that_no_caseworker_can_come_now_is_said_before_anybody_waits(
    alone: Gateway, browser: Browser, words: Catalogue, scripts: bool
) -> None:
    """In the phone's language, whose words come with the page, and in another one; not where somebody can come."""
    for code in ("nl", "ar"):
        phone = Phone(browser, alone.url, locale="nl", size=SMALL, scripts=scripts)
        page = phone.page
        page.goto(alone.url + "/")
        page.locator(f"[name=language][value={code}]").click()
        expect(page.locator("#nobody")).to_have_text(words.label("visitor.before_nobody", code))
        expect(page.locator("#nobody")).to_be_in_viewport(ratio=1)
        expect(page.locator("#start")).to_be_in_viewport(ratio=1)
        phone.context.close()
