"""Whether the person is still there, as their caseworker sees it."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office


async def test_an_open_page_is_told_to_the_owner_alone(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "presence")
    omar = await office.caseworker("Omar")
    page, label = held.page, office.words.label
    await page.set_viewport_size({"width": 360, "height": 640})
    person, _ = await office.emergency("ar")
    await held.open("/desk?lang=nl")
    await page.locator("#group-emergency li.row button").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    await expect(page.locator("#case-facts")).not_to_contain_text(label("desk.page_open", "nl"))
    async with person.http.stream("GET", "/api/events", headers=person.headers) as stream:
        assert stream.status_code == 200
        await expect(page.locator("#case-facts .there")).to_have_text(label("desk.page_open", "nl"))
        await held.looked_at("there")
        [row] = (await omar.get("/desk/api/queue")).json()["cases"]
        assert "page" not in row
    await expect(page.locator("#case-facts .away")).to_contain_text(label("desk.page_shut", "nl"))
    await held.looked_at("away")
    await page.locator("#back").click()
    await expect(page.locator("#group-mine .away")).to_be_visible()
    await held.looked_at("mine")
