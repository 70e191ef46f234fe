"""The first page: the phone's own language first, what it is in one sentence, the numbers with the word for them."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.gateway import Gateway

LANGUAGES = {"nl": "nl-BE", "ru": "ru-RU", "ar": "ar-MA", "zh": "zh-CN", "vi": "vi-VN", "sq": "sq-AL"}


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("code", LANGUAGES)
def test_it_speaks_the_language_of_the_phone(
    house: Gateway, browser: Browser, words: Catalogue, code: str, scripts: bool
) -> None:
    phone = Phone(browser, house.url, locale=LANGUAGES[code], size=SMALL, scripts=scripts)
    page = phone.page
    page.goto(house.url + "/")
    language = words.language(code)
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language.rtl else "ltr")
    expect(page).to_have_title(words.label("visitor.title", code))
    for where, said in (
        ("button.own", language.name),
        (".free", words.label("visitor.free_short", code)),
        ("#choose a[href='tel:112']", words.label("visitor.call_112", code)),
        ("#leave", words.label("visitor.leave_now", code)),
    ):
        expect(page.locator(where)).to_contain_text(said)
        expect(page.locator(where)).to_be_in_viewport(ratio=1)
    summary = page.locator(".who-is summary")
    expect(summary).to_be_in_viewport(ratio=1)
    summary.click()
    expect(page.locator(".who-is p")).to_contain_text("Payoke")
    assert page.locator("[name=language]").count() == len(words.languages)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("button.own").click()
    expect(page.locator("#start")).to_have_text(words.label("visitor.start", code))
    phone.context.close()


@pytest.mark.parametrize(
    ("asked", "code"),
    [("hi-IN,en;q=0.8", "en"), ("pt-BR", "pt"), ("xx", "nl"), ("", "nl"), ("*;q=0, " + "x" * 900, "nl")],
)
def test_who_asks_for_a_language_that_we_do_not_have_gets_the_next(gateway: Gateway, asked: str, code: str) -> None:
    html = httpx.get(gateway.url + "/", headers={"Accept-Language": asked}).text
    assert f'<html lang="{code}"' in html


def test_the_cup_moves_once_and_not_at_all_for_who_wants_no_motion(house: Gateway, browser: Browser) -> None:
    for motion, count in (("no-preference", 1), ("reduce", 0)):
        phone = Phone(browser, house.url, reduced_motion=motion)
        phone.page.goto(house.url + "/")
        running = "document.getAnimations().map((a) => a.effect.getComputedTiming().iterations)"
        assert phone.page.evaluate(running) == [1] * count
        phone.context.close()
