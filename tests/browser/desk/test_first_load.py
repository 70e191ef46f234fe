"""What the desk's page asks for, and what it says to a browser without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office


@pytest.mark.parametrize("page", ["desk", "desk/manage"])
async def test_every_module_is_named_in_the_page_itself(office: Office, page: str) -> None:
    http = office.browser()
    html = (await http.get(f"/{page}")).text
    named = set(re.findall(r'rel="modulepreload" href="/static/([\w.]+)"', html))
    entry = re.search(r'type="module" src="/static/([\w.]+)', html)
    assert entry is not None
    reached, ahead = set(), [entry[1]]
    while ahead:
        script = (await http.get(f"/static/{ahead.pop()}")).text
        new = set(re.findall(r'^import [^;]*"\./([\w.]+)";', script, re.MULTILINE)) - reached
        reached |= new
        ahead += new
    assert named == reached, "a module that is not named is asked for after the one that wants it"


async def test_without_scripts_it_says_what_it_needs(office: Office, chromium: Browser) -> None:  # noqa: F811
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{office.url}/desk?lang=nl")
    await expect(page.locator("noscript p, #login > p.fault")).to_have_text(
        office.words.label("desk.needs_scripts", "nl")
    )
    await context.close()


async def test_what_closes_a_dialog_says_so(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "noor")
    page = await held.open("/desk?lang=en")
    await page.locator("#menu-open").click()
    await expect(page.locator("#menu [data-close]")).to_have_text(office.words.label("desk.close_dialog", "en"))
    await held.looked_at("menu-closes")
    await held.context.close()
