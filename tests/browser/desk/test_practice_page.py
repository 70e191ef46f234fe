"""The practice desk on a small phone: nobody takes it for the desk, and a case is worked on there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk.test_case_work_page import at_desk
from tests.browser.desk.test_page import chromium, pictures  # noqa: F401 - fixtures
from tests.support.office import Office


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_a_night_is_practised_on_a_small_phone(
    office: Office,
    chromium: Browser,  # noqa: F811
    pictures: Path,  # noqa: F811
    lang: str,
) -> None:
    label = office.words.label
    noor = await at_desk(office, chromium, pictures, "Noor", lang=lang)
    page = noor.page
    await page.locator("#menu-open").click()
    await page.locator("#practise").click()
    await expect(page.locator("#practice strong")).to_have_text(label("desk.practice", lang))
    assert label("desk.practice", lang) in await page.title()
    await expect(page.locator("#group-emergency .primary")).to_be_visible()
    await noor.looked_at("practice-queue")

    await page.locator("#group-emergency .primary").click()
    await expect(page.locator("#log li.person").first).to_be_visible()
    await expect(page.locator("#practice")).to_be_in_viewport()
    await noor.looked_at("practice-case")
    replies = await page.locator("#log li.person").count()
    await page.locator("#text").fill("Where are you now?")
    await page.locator("#write .primary").click()
    await expect(page.locator("#log li.person")).to_have_count(replies + 1)
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    await noor.looked_at("practice-large")
    assert await office.store.queue() == [], "nothing of it is at the desk"
