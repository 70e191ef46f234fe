"""A reply in a language that the person may not read goes out on purpose, and not by accident."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office


async def test_it_is_asked_once_and_the_ready_replies_are_offered(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "foreign")
    page, words = held.page, office.words
    await page.set_viewport_size({"width": 360, "height": 640})
    person, _ = await office.emergency("ar")
    await person.write("where are you")
    await held.open("/desk?lang=nl")
    await page.locator("#group-emergency li.row button").click()
    field, said = page.locator("#text"), page.locator("#log li.caseworker:not([data-pending])")
    await expect(field).to_have_attribute("placeholder", f"{words.label('desk.writes_in', 'nl')}: Arabisch")
    await field.fill("Ik ben er.")
    await field.press("Control+Enter")
    await expect(page.locator("#foreign")).to_contain_text(words.label("desk.send_anyway", "nl"))
    await expect(field).to_have_value("Ik ben er.")
    await expect(page.locator("#log li.caseworker")).to_have_count(0)
    await held.looked_at("asked")
    await page.locator("#foreign-canned").click()
    await page.locator("#canned-list button").first.click()
    await expect(page.locator("#canned-person")).to_have_attribute("lang", "ar")
    await page.locator("#canned-send").click()
    await expect(said).to_have_count(1)

    await field.press("Control+Enter")
    await expect(said).to_have_count(2)
    await expect(page.locator("#foreign")).to_be_hidden()
    await field.fill("Blijf daar.")
    await field.press("Control+Enter")
    await expect(said).to_have_count(3)


async def test_who_writes_that_language_is_not_asked(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "speaks")
    page = held.page
    await office.store.set_skills(office.colleagues[-1].id, ["ar"], None)
    await office.emergency("ar")
    await held.open("/desk?lang=nl")
    async with page.expect_response("**/desk/api/skills"):
        await page.locator("#group-emergency li.row button").click()
    await page.locator("#text").fill("أنا هنا")
    await page.locator("#text").press("Control+Enter")
    await expect(page.locator("#log li.caseworker:not([data-pending])")).to_have_count(1)
    await expect(page.locator("#foreign")).to_be_hidden()
