"""The line to the gateway breaks, and works again."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office


async def test_replies_that_the_line_kept_back_go_by_themselves_once_and_in_order(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "line")
    page = held.page
    person, _ = await office.emergency()
    await held.open("/desk?lang=en")
    await page.locator("#group-emergency li.row button").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    await held.context.set_offline(True)
    for words in ("I am here", "Stay where you are"):
        await page.locator("#text").fill(words)
        await page.locator("#text").press("Control+Enter")
    await expect(page.locator("#log li.unsent")).to_have_count(2)
    await held.context.set_offline(False)
    await expect(page.locator("#log li.unsent")).to_have_count(0)
    await expect(page.locator("#log li.caseworker:not([data-pending])")).to_have_count(2)
    said = [message["text"] for message in await person.messages() if message["from"] == "caseworker"]
    assert said == ["I am here", "Stay where you are"]
