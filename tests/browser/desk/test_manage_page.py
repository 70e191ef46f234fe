"""The page about people, the log, figures and one case, in a real browser on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.process.desk.test_statistics import a_month
from tests.support.desk import PASSWORD
from tests.support.office import LOCKED_IN, Office


async def part(page: Page, name: str) -> None:
    await page.locator(f"#parts a[href='#{name}']").click()
    await expect(page.locator(f"#{name}")).to_be_visible()


@pytest.mark.parametrize(("colours", "lang"), [("light", "en"), ("dark", "nl")])
async def test_a_coordinator_manages(
    office: Office, chromium: Browser, pictures: Path, colours: str, lang: str  # noqa: F811
) -> None:
    def words(key: str) -> str:
        return office.words.label(f"desk.{key}", lang)

    held = await phone(office, chromium, pictures, f"manage-{colours}", colours=colours)
    jan = await office.caseworker("Jan")
    await a_month(office)
    for _ in range(5):
        new = await office.store.create_conversation("sq")
        figures = [("helped", "little"), ("helped_language", "sq:little")]
        await office.store.accept(new.person, "of_help", "answered", answered=True, figures=figures)
    _, case = await office.emergency()
    number = (await jan.post(f"/desk/api/cases/{case}/claim")).json()["number"]
    page = await held.open(f"/desk?lang={lang}")
    await page.locator("#menu-open").click()
    await held.looked_at("menu")
    await page.locator("#manage").click()
    await expect(page.locator("#people-list li")).to_have_count(2)
    await expect(page.locator("#tables table")).to_have_count(13)
    caption = page.locator("caption", has_text=words("figure_helped_language"))
    helped = page.locator("#tables table", has=caption).locator("th").first
    albanian = {"en": "Albanian", "nl": "Albanees"}[lang]
    await expect(helped).to_have_text(f"{albanian}: {office.words.label('choices.a_little', lang)}")
    await expect(page.locator("#audit-state")).to_have_text(words("audit_whole"))
    # the missing paper is a task with its steps, whatever part one looks at
    await expect(page.locator("#recovery")).to_contain_text(f"inloop recovery-key create --by manage-{colours} --split")
    await expect(page.locator("#parts > *").first).to_be_visible()  # drawn last, when all is read
    assert await page.evaluate("document.documentElement.scrollHeight") < 2200, "one part at a time"
    await held.looked_at("manage")

    await page.locator("#invite-name").fill("Eva")
    await page.locator("#invite-role").select_option("administrator")
    await page.locator("#invite-form button").click()
    await expect(page.locator("#invite-link")).to_have_value(re.compile("/desk/invite/"))
    link = await page.locator("#invite-link").input_value()
    info = await office.store.invite_info(link.rpartition("/")[2])
    assert info is not None and (info.name, info.role) == ("Eva", "administrator")
    # it can be seen, and taken back before it is used
    waits = page.locator("#invited-list li")
    await expect(waits).to_contain_text("Eva")
    await expect(waits).to_contain_text(words("invited"))
    await held.looked_at("invited")
    await waits.locator("button").click()
    await expect(waits.locator("button")).to_have_text(words("end_access_sure"))
    await waits.locator("button").click()
    await expect(waits).to_have_count(0)
    await expect(page.locator("#invite-link")).to_be_hidden()
    assert await office.store.invite_info(link.rpartition("/")[2]) is None

    await part(page, "one")
    await expect(page).to_have_title(f"{words('one_case')} · {words('title')}")
    await page.locator("#number").fill(number)
    await page.locator("#reason").select_option("owner_away")
    await page.locator("#look").click()
    await expect(page.locator("#paper-log")).to_contain_text(LOCKED_IN)
    await held.looked_at("look")

    await page.locator("#zip-password").fill("vier paarden op een dak")
    async with page.expect_download() as download:
        await page.locator("#zip").click()
    assert (await download.value).suggested_filename == f"{number}.zip"

    await part(page, "people")
    choose = page.locator("#people-list li", has_text="Jan").locator("select")
    await choose.select_option("coordinator")
    assert (await jan.get("/desk/api/session")).json()["role"] == "caseworker", "not before it is pressed"
    await page.locator("#people-list li", has_text="Jan").locator("button.change").click()
    await expect(page.locator("#people-list li", has_text="Jan").locator(".hint")).to_have_text(
        words("role_coordinator")
    )
    row = page.locator("#people-list li", has_text="Jan")
    await row.locator("button.danger").click()
    await expect(row.locator("button.danger")).to_have_text(words("end_access_sure"))
    await row.locator("button.danger").click()
    await expect(row.locator(".hint")).to_contain_text(words("no_access"))
    assert (await jan.get("/desk/api/session")).status_code == 401
    assert held.errors == []
    await part(page, "audit")  # what was done since stands in it
    await expect(page.locator("#audit-list li").first).to_contain_text(words("deed_key"))
    await expect(page.locator("#audit-list")).to_contain_text(words("why_owner_away"))
    await held.looked_at("manage-after")
    await held.context.close()


async def test_the_owner_takes_a_case_out_from_the_case_itself(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    await office.caseworker("Noor")
    held = await phone(office, chromium, pictures, "Jan")
    await office.emergency()
    page = await held.open()
    await page.locator("#group-emergency li.row button").first.click()
    await expect(page.locator("#log li.person .text")).to_have_text(LOCKED_IN)
    number = await page.locator("#heading").text_content()
    await page.locator("#more-open").click()
    await page.locator("#take-out").click()
    await expect(page.locator("#number")).to_have_value(number or "")
    await expect(page.locator("#look")).to_be_hidden()
    await page.locator("#print").click()
    assert await page.evaluate("document.querySelector('#reason').validity.valueMissing"), "not without a reason"
    await page.locator("#reason").select_option("person_asked")
    await page.evaluate("window.print = () => { window.printed = true; }")
    await page.locator("#print").click()
    await expect(page.locator("#paper-log")).to_contain_text(LOCKED_IN)
    assert await page.evaluate("window.printed")
    await page.emulate_media(media="print")
    await expect(page.locator("#one-form")).to_be_hidden()
    await expect(page.locator("#paper")).to_be_visible()
    await held.context.close()


async def test_an_administrator_sees_people_and_no_case(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    await office.caseworker("Noor")
    ada = await office.caseworker("Ada", "administrator")
    cookie = office.colleagues[-1].cookie
    made = await ada.post("/desk/api/invites", json={"name": "Somebody", "role": "caseworker"})
    _, _ = await office.emergency()
    held = await phone(office, chromium, pictures, "administrator", log_in=False)
    await held.context.add_cookies([{"name": "desk", "value": cookie, "url": office.url + "/desk"}])
    page = await held.open("/desk?lang=en")
    await expect(page).to_have_url(re.compile("/desk/manage"))
    await expect(page.locator("#people-list li")).to_have_count(2)
    for hidden in ("#one", "#figures", "#audit"):
        await expect(page.locator(hidden)).to_be_hidden()
    await held.looked_at("administrator")
    await page.locator("#people-list li", has_text="Noor").locator("select").select_option("caseworker")
    await page.locator("#people-list li", has_text="Noor").locator("button.change").click()
    await expect(page.locator("#fault")).to_have_text(office.words.label("desk.last_coordinator", "en"))
    await page.locator("#logout").click()
    await expect(page.locator("#login")).to_be_visible()

    # whom an administrator invites sets a name, a password and a code app, and waits for a coordinator
    page = await held.open(made.json()["path"] + "?lang=en")
    await page.locator("#name").fill("Mia")
    await page.locator("#password").fill(PASSWORD)
    secret = await page.locator("#totp").input_value()
    await page.locator("#code").fill(pyotp.TOTP(secret).at(office.clock()))
    await page.locator("#accept .primary").click()
    await expect(page.locator("#done-title")).to_have_text(office.words.label("desk.invite_waits", "en"))
    await expect(page.locator("#done .button")).to_be_hidden()
    await held.looked_at("invite-waits")
    await held.context.close()


async def test_a_coordinator_confirms(office: Office, chromium: Browser, pictures: Path) -> None:  # noqa: F811
    held = await phone(office, chromium, pictures, "confirm")
    ada = await office.caseworker("Ada", "administrator")
    made = await ada.post("/desk/api/invites", json={"name": "Mia", "role": "caseworker"})
    totp = pyotp.TOTP(pyotp.random_base32())
    body = {"password": PASSWORD, "totp_secret": totp.secret, "code": totp.at(office.clock())}
    assert (await ada.post(made.json()["path"], json=body)).status_code == 202
    page = await held.open("/desk/manage?lang=en")
    row = page.locator("#people-list li", has_text="Mia")
    await expect(row).to_contain_text(office.words.label("desk.pending", "en"))
    await held.looked_at("confirm")
    await row.locator("button.primary").click()
    await expect(row).not_to_contain_text(office.words.label("desk.pending", "en"))
    office.clock.pass_by(seconds=30)
    body = {"name": "Mia", "password": PASSWORD, "code": totp.at(office.clock())}
    assert (await office.browser().post("/desk/login", json=body)).status_code == 200
    await held.context.close()
