"""What the person reads of a caseworker, set from the menu of the desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import SMALL
from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office


@pytest.mark.parametrize(("colours", "lang"), [("light", "en"), ("dark", "fr")])
async def test_a_name_is_set_and_one_that_may_not_be_is_refused(
    office: Office, chromium: Browser, pictures: Path, colours: str, lang: str  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, f"alias-{colours}", colours=colours)
    await held.page.set_viewport_size(SMALL)
    page = await held.open(f"/desk?lang={lang}")
    await page.locator("#menu-open").click()
    await held.looked_at("menu")
    await page.locator("#shown-open").click()
    await expect(page.locator("#shown-title")).to_be_focused()
    await page.locator("#shown-name").fill("Agent 7")
    await page.locator("#shown-form .primary").click()
    await expect(page.locator("#shown-error")).to_have_text(office.words.label("desk.shown_rules", lang))
    await held.looked_at("shown")
    await page.locator("#shown-name").fill("Maria")
    await page.locator("#shown-line").fill("Ik spreek Nederlands en een beetje Frans.")
    await page.locator("#shown-form .primary").click()
    await expect(page.locator("#shown")).to_be_hidden()
    assert (await office.store.alias(office.colleagues[0].id)).name == "Maria"
    await page.locator("#menu-open").click()
    await page.locator("#shown-open").click()
    await expect(page.locator("#shown-name")).to_have_value("Maria")
    await expect(page.locator("#shown-error")).to_have_text("")
