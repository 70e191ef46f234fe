"""The card in danger: one red, three lines and the rest at one tap, and "I am safe" without scrolling."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.gateway import Gateway

DANGER = {"nl": "hij slaat mij nu met een riem", "ar": "هو يضربني الآن"}
COLOUR = "(node) => getComputedStyle(node).backgroundColor"


def in_danger(phone: Phone, code: str) -> Page:
    page = phone.start(code)
    page.locator("#text").fill(DANGER[code])
    page.locator("#write .primary").click()
    expect(page.locator("#log li.emergency, #log li.urgent")).to_have_count(1)
    return page


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("code", DANGER)
def test_the_number_to_call_is_the_only_red_and_what_helps_is_seen_whole(
    house: Gateway, browser: Browser, words: Catalogue, code: str, scripts: bool, dark: bool
) -> None:
    phone = Phone(browser, house.url, locale=code, size=SMALL, scripts=scripts, dark=dark)
    page = in_danger(phone, code)
    card = page.locator("#log li.emergency, #log li.urgent")
    emergency, stop = card.locator(".call").all()
    for link in (emergency, stop):
        expect(link).to_be_in_viewport(ratio=1)
        expect(link).to_have_css("text-align", "center")
        expect(link.locator("svg")).to_be_visible()
    assert emergency.bounding_box()["width"] == stop.bounding_box()["width"] > 300, "each a line of its own"  # type: ignore[index]
    red = emergency.evaluate(COLOUR)
    assert red not in {page.locator(other).first.evaluate(COLOUR) for other in ("#leave", "#log .call.help")}
    safe = card.get_by_role("button", name=words.label("choices.safe", code))
    expect(safe).to_be_in_viewport(ratio=1)

    shown = card.locator(".text").inner_text().splitlines()
    assert len(shown) == 3
    assert words.fact("emergency_phone") in shown[0]
    rest = card.locator(".rest")
    expect(rest).to_be_hidden()
    card.locator(".more summary").click()
    expect(rest).to_be_visible()
    said = words.card("emergency" if card.get_attribute("class").endswith("emergency") else "urgent", (), code).text  # type: ignore[union-attr]
    whole = "\n".join([*shown, rest.inner_text()])
    assert all(line in whole for line in said.splitlines())
    phone.context.close()
