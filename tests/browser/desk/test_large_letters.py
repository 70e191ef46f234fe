"""The desk with large letters, and with the keyboard of a phone open: one reads the talk, and can answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office

PHONE, KEYBOARD = (360, 640), (360, 340)


async def letters(page: Page, size: tuple[int, int], percent: int) -> None:
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await page.evaluate("percent => { document.documentElement.style.fontSize = `${percent}%`; }", percent)


async def fits(page: Page) -> None:
    """Nothing hangs over the side, and what one writes with is in sight."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("#back", "#more-open", "#text", "#reply"):
        box = await page.locator(name).bounding_box()
        assert box is not None, name
        width, height = await page.evaluate("[innerWidth, innerHeight]")
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, name
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, name


@pytest.mark.parametrize("lang", ["nl", "fr", "en"])
@pytest.mark.parametrize("percent", [100, 150, 200])
async def test_at_least_half_of_the_screen_is_the_talk(
    office: Office, chromium: Browser, pictures: Path, lang: str, percent: int  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, f"letters-{lang}-{percent}")
    page = held.page
    await office.emergency("ar")
    await held.open(f"/desk?lang={lang}")
    await letters(page, PHONE, percent)
    await expect(page.locator("#group-emergency li.row")).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if lang == "nl":
        await held.looked_at("queue")
    await page.locator("#group-emergency li.row button").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    share = "document.querySelector('#talk').clientHeight / innerHeight"
    for news in (False, True):
        if news:
            await office.emergency()
            await expect(page.locator("#show-new")).to_be_visible()
        await letters(page, PHONE, percent)
        await fits(page)
        assert await page.evaluate(share) >= 0.5, f"reading, news: {news}"
        if lang == "nl":
            await held.looked_at(f"case-{news}")
        await letters(page, KEYBOARD, percent)
        await page.locator("#text").fill("Ik ben er.")
        await page.locator("#text").focus()
        await fits(page)
        assert await page.evaluate(share) >= 0.5, f"writing, news: {news}"
        if lang == "nl":
            await held.looked_at(f"keyboard-{news}")
        await page.locator("#text").blur()
        await expect(page.locator("body")).not_to_have_class("writing")


async def test_the_facts_are_folded_into_one_line(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "facts")
    page = held.page
    await office.emergency("ar")
    await held.open("/desk?lang=en")
    await letters(page, PHONE, 200)
    await page.locator("#group-emergency li.row button").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    line = page.locator("#about > summary")
    await expect(line).to_contain_text("Emergency")
    box, head = await line.bounding_box(), await page.locator("#head").bounding_box()
    assert box is not None and box["height"] <= 72
    assert head is not None and head["height"] <= 72, "and so is the bar"
    await line.click()
    await expect(page.locator("#case-more")).to_contain_text(office.words.label("desk.signal_confined", "en"))
    await held.looked_at("open")


async def test_a_tap_beside_the_field_hits_what_it_was_meant_for(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    """The bars that gave way while somebody wrote come back after the tap, and not under it."""
    held = await phone(office, chromium, pictures, "tap")
    page = held.page
    await office.emergency()
    await held.open("/desk?lang=en")
    await letters(page, PHONE, 100)
    await page.locator("#group-emergency li.row button").click()
    await office.emergency()
    await expect(page.locator("#show-new")).to_be_visible()
    await page.locator("#text").focus()
    await page.locator("#back").click()
    await expect(page.locator("#queue")).to_be_visible()


@pytest.mark.parametrize("percent", [100, 200])
async def test_the_number_beside_the_arrow_lies_over_nothing(
    office: Office, chromium: Browser, pictures: Path, percent: int  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, f"number-{percent}")
    page = held.page
    (_, case), (person, other) = await office.emergency("ar"), await office.emergency("ar")
    for one in (case, other):
        await office.store.claim(one, office.colleagues[-1].id)
    await held.open(f"/desk?lang=nl#case={case}")
    await letters(page, PHONE, percent)
    await expect(page.locator("#log li.person")).to_be_visible()
    await person.write("hello")
    number = page.locator("#back-unread")
    await expect(number).to_be_visible()
    await fits(page)
    await held.looked_at("case")
    boxes = [
        await page.locator(name).bounding_box() for name in ("#back > span:first-child", "#back-unread", "#heading")
    ]
    arrow, badge, heading = (box for box in boxes if box)
    assert arrow["x"] + arrow["width"] <= badge["x"] and badge["x"] + badge["width"] <= heading["x"]
    bar = await page.locator("#back").bounding_box()
    assert bar and bar["y"] <= badge["y"] and badge["y"] + badge["height"] <= bar["y"] + bar["height"]
