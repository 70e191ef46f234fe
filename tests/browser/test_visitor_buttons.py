"""Buttons in two ranks: what answers, and below it what skips, stops or goes back. A question says its place."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.gateway import Gateway


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("code", ["nl", "ar"])
def test_skip_and_stop_do_not_look_like_answers(
    house: Gateway, browser: Browser, words: Catalogue, code: str, scripts: bool
) -> None:
    phone = Phone(browser, house.url, locale=code, size=SMALL, scripts=scripts)
    page = phone.start(code)
    page.locator("#text").fill(words.topic_label("am_i_a_victim", code))
    page.locator("#write .primary").click()
    page.locator("#log").get_by_role("button", name=words.label("choices.start_self_check", code)).click()

    def place(number: str) -> str:
        return words.labels("visitor", code)["step"].replace("{number}", number).replace("{total}", "9")

    asked = page.locator("#log li.bot").last
    expect(asked.locator(".step")).to_have_text(place("1"))
    expect(asked.locator(".step")).to_be_in_viewport(ratio=1)
    answers, others = asked.locator(".choices:not(.minor)"), asked.locator(".choices.minor")
    for key in ("yes", "no", "dont_know"):
        expect(answers.get_by_role("button", name=words.label(f"choices.{key}", code), exact=True)).to_have_count(1)
    expect(others.get_by_role("button", name=words.label("choices.stop", code), exact=True)).to_be_in_viewport(ratio=1)
    colour = "(node) => getComputedStyle(node).backgroundColor"
    assert answers.locator("button").first.evaluate(colour) != others.locator("button").first.evaluate(colour)
    above, below = answers.bounding_box(), others.bounding_box()
    assert above and below and above["y"] + above["height"] <= below["y"]
    answers.locator("button").first.click()
    expect(page.locator("#log li.bot").last.locator(".step")).to_have_text(place("2"))
    phone.context.close()
