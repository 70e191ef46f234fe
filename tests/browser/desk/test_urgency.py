"""Another urgency, set by whoever has the case, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office


@pytest.mark.parametrize(("colours", "lang"), [("light", "en"), ("dark", "nl")])
async def test_the_urgency_is_lowered_with_a_reason(
    office: Office, chromium: Browser, pictures: Path, colours: str, lang: str  # noqa: F811
) -> None:
    def words(key: str) -> str:
        return office.words.label(f"desk.{key}", lang)

    held = await phone(office, chromium, pictures, f"judge-{colours}", colours=colours)
    await office.emergency()
    page = await held.open(f"/desk?lang={lang}")
    await page.locator("#group-emergency li.row button").first.click()
    await page.locator("#about > summary").click()
    await page.locator("#judge-open").click()
    await expect(page.locator("#judge-list li")).to_have_count(2)
    await page.locator("#judge-list input[value=urgent]").check()
    await page.locator("#judge-why").select_option("help_there")
    await held.looked_at("judge")
    await page.locator("#judge-form .primary").click()
    await expect(page.locator("#case-facts .badge")).to_contain_text(words("urgency_urgent"))
    await expect(page.locator("#judged-line")).to_contain_text(f"judge-{colours}")
    await expect(page.locator("#judged-line")).to_contain_text(words("why_help_there"))
    await held.looked_at("judged")
    await page.locator("#judge-open").click()
    await page.locator("#judge-list input[value=emergency]").check()
    await expect(page.locator("#judge-why option")).to_have_count(3)
    await held.context.close()
