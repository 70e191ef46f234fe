"""A coordinator gives a case away and takes one over, in a real browser; who gets it and who had it are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures, waiting  # noqa: F401 - fixtures
from tests.support.office import Office


@pytest.mark.parametrize(("colours", "lang"), [("light", "en"), ("dark", "nl")])
async def test_from_hand_to_hand_by_a_coordinator(
    office: Office, chromium: Browser, pictures: Path, colours: str, lang: str  # noqa: F811
) -> None:
    def words(key: str) -> str:
        return office.words.label(f"desk.{key}", lang)

    held = await phone(office, chromium, pictures, f"noor-{colours}", colours=colours)
    theirs = await phone(office, chromium, pictures, f"eva-{colours}", colours=colours)
    _, case = await waiting(office)
    page, eva = await held.open(f"/desk?lang={lang}"), await theirs.open(f"/desk?lang={lang}")
    await expect(eva.locator("#group-waiting li.row")).to_have_count(1)
    await page.locator("#menu-open").click()
    await page.locator("#assign-open").click()
    await expect(page.locator("#assign-whom option")).to_have_count(2)
    await expect(page.locator("#assign-reason")).to_be_hidden()
    await page.locator("#assign-whom").select_option(str(office.colleagues[1].id))
    await held.looked_at("assign")
    await page.locator("#assign-form .primary").click()
    await expect(eva.locator("#hands")).to_contain_text(words("assigned_to_you"))
    await expect(eva.locator("#group-mine li.row")).to_contain_text(f"noor-{colours}")
    await theirs.looked_at("assigned")
    await eva.locator("#group-mine li.row button").click()
    await expect(eva.locator("#log")).to_contain_text(office.words.say("handoff.joined", "en"))
    await expect(eva.locator("#hands")).to_be_hidden()

    # and back, with a reason
    await page.goto(f"{office.url}/desk?lang={lang}")
    await page.locator("#group-others li.row button:not(.second)").click()
    await expect(page.locator("#assign-case")).to_have_value(str(case))
    await page.locator("#assign-why").select_option("owner_away")
    await expect(page.locator("#assign-whom option")).to_have_count(2)
    await page.locator("#assign-whom").select_option(str(office.colleagues[0].id))
    await held.looked_at("take-over")
    await page.locator("#assign-form .primary").click()
    await expect(page.locator("#log")).to_contain_text(office.words.say("handoff.transferred", "en"))
    await expect(eva.locator("#hands")).to_contain_text(f"noor-{colours}")
    await expect(eva.locator("#note")).to_contain_text(words("taken_by"))
    await theirs.looked_at("taken-away")
    for one in (held, theirs):
        await one.context.close()


async def test_who_does_not_coordinate_is_offered_none_of_it(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    noor = await office.caseworker("Noor")
    held = await phone(office, chromium, pictures, "jan")
    _, case = await waiting(office)
    await noor.post(f"/desk/api/cases/{case}/claim")
    page = await held.open("/desk?lang=en")
    await expect(page.locator("#group-others li.row")).to_have_count(1)
    await expect(page.locator("#group-others li.row button")).to_have_count(0)
    await page.locator("#menu-open").click()
    await expect(page.locator("#rota-open")).to_be_visible()
    await expect(page.locator("#assign-open")).to_be_hidden()
    await held.context.close()
