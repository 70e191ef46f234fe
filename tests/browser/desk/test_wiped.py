"""What the person deleted, or a colleague has now, is not left on the screen."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import LOCKED_IN, Office


async def test_after_the_person_has_deleted_the_chat_nothing_of_it_stays(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "wiped")
    page = held.page
    person, _ = await office.emergency()
    await held.open("/desk?lang=nl")
    await page.locator("#group-emergency li.row button").click()
    await expect(page.locator("#pin")).to_contain_text(LOCKED_IN)
    await person.forget()
    await expect(page.locator("#note")).to_have_text(office.words.label("desk.deleted_by_person", "nl"))
    await expect(page.locator("#log li")).to_have_count(0)
    assert LOCKED_IN not in await page.locator("main").inner_html()
    await held.looked_at("deleted")
