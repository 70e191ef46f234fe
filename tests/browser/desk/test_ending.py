"""The end of a case: asked in danger, and undone before the person hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.domain.model import Handoff
from tests.browser.desk.test_page import Phone, chromium, phone, pictures, waiting  # noqa: F401 - fixtures
from tests.support.office import Office, Visitor

PHONE = {"width": 360, "height": 640}
HOLD = """const real = setTimeout;
window.setTimeout = (act, after, ...more) => after === 10000 ? (window.later = act, 0) : real(act, after, ...more);"""
"""The seconds in which it can be undone are over when the test says so."""


async def begun(
    office: Office, chromium: Browser, pictures: Path, name: str, *, danger: bool = False  # noqa: F811
) -> tuple[Phone, Visitor, int]:
    held = await phone(office, chromium, pictures, name)
    person, case = await (office.emergency() if danger else waiting(office))
    await held.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await held.page.add_init_script(HOLD)
    await held.open("/desk?lang=nl")
    await held.page.locator("#queue li.row button").first.click()
    await expect(held.page.locator("#case")).to_be_visible()
    return held, person, case


async def close(page: Page, outcome: str = "helped") -> None:
    await page.locator("#more-open").click()
    await page.locator(f"[data-outcome={outcome}]").click()


async def told(person: Visitor, office: Office) -> bool:
    said = office.words.say("handoff.closed", "en")
    return said in [message["text"] for message in await person.messages()]


@pytest.mark.parametrize("danger", [False, True])
async def test_it_can_be_undone_and_then_it_is_told(
    office: Office, chromium: Browser, pictures: Path, danger: bool  # noqa: F811
) -> None:
    held, person, case = await begun(office, chromium, pictures, f"ending-{danger}", danger=danger)
    page = held.page
    await close(page)
    if danger:
        await expect(page.locator("#sure-no")).to_be_focused()
        await held.looked_at("sure")
        await page.locator("#sure-yes").click()
    await expect(page.locator("#ending")).to_be_visible()
    await expect(page.locator("#queue")).to_be_visible()
    await held.looked_at("undo")
    await page.locator("#undo").click()
    await expect(page.locator("#case")).to_be_visible()
    await expect(page.locator("#ending")).to_be_hidden()
    stored = await office.store.case(case)
    assert stored is not None and stored.state is Handoff.OWNED and not await told(person, office)

    await close(page)
    if danger:
        await page.locator("#sure-yes").click()
    await expect(page.locator("#ending")).to_be_visible()
    assert not await told(person, office)
    await page.evaluate("later()")
    await expect(page.locator("#group-mine li.row:not(.gone)")).to_have_count(0)
    assert await told(person, office)


async def test_in_danger_a_tap_that_slips_ends_nothing(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held, _, _ = await begun(office, chromium, pictures, "slipped", danger=True)
    for end in ("[data-outcome=asked]", "#to-bot"):
        await held.page.locator("#more-open").click()
        await held.page.locator(end).click()
        await held.page.locator("#sure-no").click()
        await expect(held.page.locator("#sure")).to_be_hidden()
        await held.page.locator("#more [data-close]").click()
        await expect(held.page.locator("#ending")).to_be_hidden()


async def test_whoever_writes_meanwhile_is_read(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held, person, _ = await begun(office, chromium, pictures, "meanwhile")
    await close(held.page)
    await expect(held.page.locator("#queue")).to_be_visible()
    await person.write("wait, one more thing")
    await expect(held.page.locator("#case")).to_be_visible()
    await expect(held.page.locator("#ending")).to_be_hidden()
    await expect(held.page.locator("#log li.person .text").last).to_have_text("wait, one more thing")


@pytest.mark.parametrize("wished", [True, False])
async def test_whether_it_was_of_help_is_asked_as_one_wishes(
    office: Office, chromium: Browser, pictures: Path, wished: bool  # noqa: F811
) -> None:
    held, person, _ = await begun(office, chromium, pictures, f"of-help-{wished}")
    page = held.page
    await page.locator("#more-open").click()
    await expect(page.locator("#of-help")).not_to_be_checked()
    if wished:
        await page.locator("#of-help").check()
        await held.looked_at("of-help")
    async with page.expect_response("**/close"):
        await page.locator("[data-outcome=helped]").click()
        await page.evaluate("later()")
    await expect(page.locator("#group-mine li.row:not(.gone)")).to_have_count(0)
    asked = office.words.say("of_help.question", "en")
    assert (asked in [message["text"] for message in await person.messages()]) is wished


async def test_in_an_emergency_it_cannot_be_wished(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held, _, _ = await begun(office, chromium, pictures, "of-help-danger", danger=True)
    await held.page.locator("#more-open").click()
    await expect(held.page.locator("[data-outcome=helped]")).to_be_visible()
    await expect(held.page.locator("#of-help-part")).to_be_hidden()
