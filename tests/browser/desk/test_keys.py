"""The desk by single keys."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office


async def test_from_the_queue_to_a_note_and_back_without_a_mouse(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "keys")
    page = held.page
    await office.emergency()
    await office.emergency()
    await held.open("/desk?lang=nl")
    rows = page.locator("#group-emergency li.row button")
    await expect(rows).to_have_count(2)
    for key, at in (("j", 0), ("j", 1), ("j", 0), ("k", 1)):
        await page.keyboard.press(key)
        await expect(rows.nth(at)).to_be_focused()
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    await held.looked_at("list")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")
    await expect(page.locator("#log li.person")).to_be_visible()
    await page.keyboard.press("r")
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type("nu")
    await expect(page.locator("#text")).to_have_value("nu")  # whoever writes presses no keys of the desk
    await expect(page.locator("#notes")).to_be_hidden()
    await page.locator("#heading").focus()
    for key, dialog in (("n", "#notes"), ("/", "#canned"), ("t", "#more"), ("e", "#more")):
        await page.keyboard.press(key)
        await expect(page.locator(dialog)).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator(dialog)).to_be_hidden()
        await page.locator("#heading").focus()
    await page.keyboard.press("u")
    await expect(page.locator("#queue")).to_be_visible()

    await page.locator("#menu-open").click()
    await held.looked_at("menu")
    await page.locator("#keys-open").click()
    await page.locator("#keys-on").uncheck()
    await page.locator("#keys [data-close]").click()
    await page.locator("#heading").focus()
    await page.keyboard.press("j")
    await expect(page.locator("#heading")).to_be_focused()
