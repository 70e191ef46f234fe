"""What a person answered in words of their own: on top of the case at once, and under it what a machine made of it. And
what was pressed, in the caseworker's language, in a real browser."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, Route, expect

from bot.domain.forms import Form, Sheet
from bot.domain.model import CaseChange, Urgency
from bot.domain.speaker import Speaker
from tests.browser.desk.test_case_work_page import at_desk
from tests.browser.desk.test_page import chromium, pictures  # noqa: F401 - fixtures
from tests.support.office import Office

WHAT, WHERE = "Șeful meu are pașaportul meu.", "Nu pot să ies afară."
ANSWERS = {"danger": "no", "what": "told", "where": "told", "when": "skip"}
WORDS = {"report.what": WHAT, "report.where": WHERE}


async def reported(office: Office, language: str = "ro", words: dict[str, str] | None = None) -> int:
    """A case in which somebody has reported something; its id."""
    new = await office.store.create_conversation(language)
    await office.store.say(new.person, "q", Speaker(office.words, language).safety_question())
    await office.store.accept(new.person, "1", WHAT)
    sheet = Sheet(Form("report", "when", ANSWERS), words or WORDS, {"report": ANSWERS})
    await office.store.answer(new.person, 2, [], case=CaseChange(Urgency.NONE), sheet=sheet)
    return next(case.id for case in await office.store.queue() if case.conversation == new.person.conversation)


async def opened(page: Page, office: Office) -> None:
    await page.get_by_role("button", name=office.words.label("desk.claim", "nl")).first.click()
    await page.locator("#about > summary").click()
    await expect(page.locator("#told")).to_be_visible()


async def translations(noor: httpx.AsyncClient, case: int) -> httpx.Response:
    return await noor.post(f"/desk/api/cases/{case}/translations/told", json={"into": "nl"})


async def test_what_was_answered_in_own_words_is_translated(translating_office: Office) -> None:
    noor = await translating_office.caseworker("Noor")
    case = await reported(translating_office)
    refused = await translations(noor, case)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_owner")
    await noor.post(f"/desk/api/cases/{case}/claim")
    made = (await translations(noor, case)).json()["translations"]
    via = ["ro", "en", "nl"]
    assert made == [
        {"of": WHAT, "from": "ro", "text": "Mijn baas heeft mijn paspoort.", "doubts": [], "via": via},
        {"of": WHERE, "from": "ro", "text": "Ik kan niet naar buiten.", "doubts": [], "via": via},
    ]
    for into in ("ro", "xx", None):
        wrong = await noor.post(f"/desk/api/cases/{case}/translations/told", json={"into": into})
        assert wrong.status_code == 422


async def test_words_that_are_dutch_or_of_no_package_say_so(translating_office: Office) -> None:
    noor = await translating_office.caseworker("Noor")
    dutch = "Ik kan niet naar buiten, mijn baas heeft de sleutel."
    persian = "من در خانه حبس شده‌ام"
    case = await reported(translating_office, words={"report.what": dutch, "report.where": persian})
    await noor.post(f"/desk/api/cases/{case}/claim")
    assert (await translations(noor, case)).json()["translations"] == [
        {"of": dutch, "from": "nl", "same": True},
        {"of": persian, "from": "fa", "missing": "missing"},
    ]


async def test_it_stands_there_at_once_and_its_translation_comes_under_it(
    translating_office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    office, held = translating_office, asyncio.Event()
    noor = await at_desk(office, chromium, pictures, "Noor", lang="nl")
    page, label = noor.page, office.words.label
    await reported(office)

    async def late(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await page.route("**/translations/told", late)
    await opened(page, office)
    own = page.locator("#told dd.own")
    await expect(own).to_have_text([WHAT, WHERE])
    await expect(own.locator(".text").first).to_have_attribute("lang", "ro")
    held.set()
    await expect(own.locator(".translation .text")).to_have_text(
        ["Mijn baas heeft mijn paspoort.", "Ik kan niet naar buiten."]
    )
    await expect(own.locator("> .text")).to_have_text([WHAT, WHERE])
    await expect(own.first.locator(".translation .head")).to_contain_text(label("desk.translation", "nl"))
    await expect(page.locator("#told dd:not(.own) .translation")).to_have_count(0)
    await noor.looked_at("told")


async def test_a_translation_that_does_not_come_can_be_asked_for_again(
    translating_office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    office = translating_office
    noor = await at_desk(office, chromium, pictures, "Noor", lang="nl")
    await reported(office)
    await noor.page.route("**/translations/told", lambda route: route.abort(), times=1)
    await opened(noor.page, office)
    own = noor.page.locator("#told dd.own").first
    await expect(own.locator(".translation .head")).to_have_text(office.words.label("desk.missing_late", "nl"))
    await own.get_by_role("button").click()
    await expect(own.locator(".translation .text")).to_have_text("Mijn baas heeft mijn paspoort.")
    await expect(own.locator("> .text")).to_have_text(WHAT)


async def test_without_a_translator_the_words_stand_alone(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    noor = await at_desk(office, chromium, pictures, "Noor", lang="nl")
    await reported(office)
    async with noor.page.expect_response("**/translations/told") as answer:
        await opened(noor.page, office)
    assert (await answer.value).status == 404
    await expect(noor.page.locator("#told dd.own")).to_have_text([WHAT, WHERE])


@pytest.mark.parametrize("language", ["ro", "ar"])
async def test_what_was_pressed_and_said_is_read_in_dutch_and_as_no_machines(
    translating_office: Office, chromium: Browser, pictures: Path, language: str  # noqa: F811
) -> None:
    office = translating_office
    noor = await at_desk(office, chromium, pictures, "Noor", lang="nl")
    page, words = noor.page, office.words
    person, _ = await office.emergency(language)
    shown = [m for m in await person.messages() if m["choices"]]
    token = next(
        c["token"] for m in shown for c in m["choices"]  # type: ignore[attr-defined]
        if c["label"] == words.label("choices.safe", language)
    )  # fmt: skip
    await person.http.post("/api/choices", json={"id": "00000000-0000-4000-8000-000000000001", "choice": token},
                           headers=person.headers)  # fmt: skip
    await page.get_by_role("button", name=words.label("desk.claim", "nl")).first.click()
    pressed = page.locator("#log li.person").last
    await expect(pressed.locator("> .text")).to_have_text(words.label("choices.safe", language))
    await expect(pressed.locator("> .text")).to_have_attribute("lang", language)
    await expect(pressed.locator(".was")).to_have_text(words.label("choices.safe", "nl"))
    await expect(pressed.locator(".was")).to_have_attribute("lang", "nl")
    await expect(pressed.locator(".translation")).to_have_count(0)
    await page.locator("#log li.program summary", has_text="(").first.click()
    card = page.locator("#log li.emergency").first
    said = card.locator("details.was")
    await expect(said).to_have_attribute("lang", "nl")
    await expect(said.locator("span")).to_have_text(words.card("emergency", ["confined"], "nl").text)
    assert await said.locator("span").evaluate("node => node.scrollHeight > node.clientHeight + 1"), "folded"
    await said.locator("summary").click()
    assert await said.locator("span").evaluate("node => node.scrollHeight <= node.clientHeight + 1"), "whole"
    labels = [f"[{words.label(f'choices.{c}', 'nl')}]" for c in ("safe", "language")]
    await expect(card.locator(".offered").last).to_have_text(" ".join(labels))
    await noor.looked_at(f"own-{language}")
