"""Ready replies that people keep: under Manage, and in a case, where a tap puts one into the field to write in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bot.storage.cases.replies import ReadyReply
from tests.browser.conftest import SMALL
from tests.browser.desk.test_page import Phone, chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office

TITLE, TEXT, BONJOUR = "Today", "I am here until six.", "Bonjour, je suis là. Prenez votre temps."


async def small(office: Office, browser: Browser, folder: Path, name: str, colours: str = "light") -> Phone:
    held = await phone(office, browser, folder, name, colours=colours)
    await held.page.set_viewport_size(SMALL)
    return held


async def keep(page: Page, title: str, text: str, language: str, whose: str = "own") -> None:
    await page.locator("#reply-for").select_option(whose)
    await page.locator("#reply-title").fill(title)
    await page.locator("#reply-text").fill(text)
    await page.locator("#reply-language").select_option(language)
    await page.locator("#reply-form .primary").click()
    await expect(page.locator(f"#replies-{whose}-list .name", has_text=title)).to_be_visible()


@pytest.mark.parametrize(("colours", "lang"), [("light", "en"), ("dark", "nl")])
async def test_they_are_kept_under_manage(
    office: Office, chromium: Browser, pictures: Path, colours: str, lang: str  # noqa: F811
) -> None:
    held = await small(office, chromium, pictures, f"replies-{colours}", colours)
    page = await held.open(f"/desk/manage?lang={lang}#replies")
    await expect(page.locator("#replies h2")).to_have_text(office.words.label("desk.reply_keep", lang))
    await expect(page.locator("#reply-language")).to_have_value(lang)
    await keep(page, TITLE, TEXT, "en")
    await keep(page, "Accueil", BONJOUR, "fr", "shared")
    await held.looked_at("kept")
    row = page.locator("#replies-own-list li")
    await row.locator("button").first.click()
    await expect(page.locator("#reply-text")).to_have_value(TEXT)
    await expect(page.locator("#reply-whose")).to_be_hidden()
    await page.locator("#reply-text").fill("Until seven.")
    await page.locator("#reply-form .primary").click()
    await expect(row).to_contain_text("Until seven.")
    await expect(page.locator("#reply-whose")).to_be_visible()
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    await held.looked_at("kept-large")
    await page.evaluate("document.documentElement.style.fontSize = ''")

    colleague = await small(office, chromium, pictures, f"replies-{colours}-colleague", colours)
    theirs = await colleague.open(f"/desk/manage?lang={lang}#replies")
    await expect(theirs.locator("#replies-shared-list")).to_contain_text(BONJOUR)
    await expect(theirs.locator("#replies-shared-list button")).to_have_count(0)
    await expect(theirs.locator("#replies-own")).to_be_hidden()
    await expect(theirs.locator("#reply-whose")).to_be_hidden()

    await row.locator("button.danger").click()
    await row.locator("button.danger").click()
    await expect(page.locator("#replies-own")).to_be_hidden()
    await expect(page.locator("#replies-shared-list li")).to_have_count(1)


async def test_a_tap_puts_one_into_the_field_and_sends_nothing(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await small(office, chromium, pictures, "put")
    session = office.colleagues[0].session
    assert session.own is not None
    await office.store.add_own_reply(session.caseworker, session.own, ReadyReply(TITLE, TEXT, "en"))
    await office.store.add_organisation_reply(1, ReadyReply("Accueil", BONJOUR, "fr"))
    person, _ = await office.emergency("fr")
    page = await held.open("/desk?lang=en")
    await page.locator("#group-emergency li.row button").first.click()
    await page.locator("#canned-open").click()
    rows = page.locator("#canned-list button")
    await expect(rows).to_have_count(17)
    await expect(rows.first).to_be_focused()
    titles = [await rows.nth(place).locator(".title").text_content() for place in (0, 1)]
    assert titles == [TITLE, "Accueil"], "one's own first, then those of the organisation"
    await held.looked_at("list")
    await page.locator("#canned-find").fill("TEMPS votre")
    await expect(page.locator("#canned-list li:visible")).to_have_count(1)
    await page.locator("#canned-find").press("ArrowDown")
    await expect(rows.nth(1)).to_be_focused()
    await page.locator("#canned-find").fill("nothing like it")
    await expect(page.locator("#canned-none")).to_be_visible()
    await held.looked_at("none")
    await page.locator("#canned-find").fill("accueil")
    await rows.nth(1).click()
    await expect(page.locator("#canned")).to_be_hidden()
    await expect(page.locator("#text")).to_have_value(BONJOUR)
    await expect(page.locator("#text")).to_be_focused()
    await expect(page.locator("#log li.caseworker")).to_have_count(0)

    # It is in the person's language: the desk, which is in English, does not ask about it. After a reload neither.
    await page.reload()
    await expect(page.locator("#text")).to_have_value(BONJOUR)
    await expect(page.locator("#reply .says")).to_have_text(office.words.label("desk.reply", "en"))
    await page.locator("#write .primary").click()
    await expect(page.locator("#log li.caseworker:not([data-pending]) .text")).to_have_text(BONJOUR)

    # What follows is written in one's own again: whether the person can read it is asked.
    await page.locator("#canned-open").click()
    await rows.first.click()
    await expect(page.locator("#text")).to_have_value(TEXT)
    await page.locator("#write .primary").click()
    await expect(page.locator("#foreign-what")).not_to_be_empty()
    assert [m["text"] for m in await person.messages() if m["from"] == "caseworker"] == [BONJOUR]


async def test_one_in_another_language_than_the_desk_is_translated_from_that(
    translating_office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    office = translating_office
    held = await small(office, chromium, pictures, "from")
    await office.store.add_organisation_reply(1, ReadyReply("Hier", "Ik ben hier.", "nl"))
    person, _ = await office.emergency("ro")
    page = await held.open("/desk?lang=en")
    await page.locator("#group-emergency li.row button").first.click()
    asked: list[dict[str, Any]] = []
    page.on("request", lambda sent: sent.url.endswith("/drafts") and asked.append(sent.post_data_json))
    await page.locator("#canned-open").click()
    await page.locator("#canned-list button").first.click()
    await expect(page.locator("#reply .says")).to_have_text(office.words.label("desk.translate", "en"))
    await page.locator("#write .primary").click()
    await expect(page.locator("#draft-looked")).to_be_enabled()
    assert asked == [{"text": "Ik ben hier.", "own": "nl"}]
    await page.locator("#draft-looked").check()
    await page.locator("#draft-send").click()
    await expect(page.locator("#log li.caseworker:not([data-pending]) .was")).to_have_text("Ik ben hier.")
    [said] = [m for m in await person.messages() if m["from"] == "caseworker"]
    assert (said["translated_from"], said["original"]) == ("nl", "Ik ben hier.")
