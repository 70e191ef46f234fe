"""The rota on the desk: everybody sees who is on call, a coordinator changes it; and taking the next case."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, expect

from bot.domain.model import CaseChange, Urgency
from bot.oncall.factory import paces
from bot.oncall.page_links import Links
from bot.runtime.wakeups import Live
from bot.settings import Settings
from bot.settings.page_key import page_key
from bot.storage.store import PageAddress
from bot.web import page_acknowledgement as page_web
from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office

KEY = b"k" * 32


def hours(office: Office, start: int, end: int) -> dict[str, str]:
    now = office.clock()
    return {
        "start": (now + timedelta(hours=start)).isoformat(),
        "end": (now + timedelta(hours=end)).isoformat(),
    }


async def test_a_coordinator_changes_the_rota_and_everybody_sees_it(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    seen = (await eva.get("/desk/api/rota")).json()
    assert (seen["first"], seen["overrides"], seen["planned"]) == (None, [], False)
    ids = {member["name"]: member["id"] for member in seen["team"]}
    body = {"caseworker": ids["Eva"], **hours(office, -1, 8)}
    made = await noor.post("/desk/api/rota/overrides", json=body)
    assert made.status_code == 201, made.text
    seen = (await eva.get("/desk/api/rota")).json()
    assert seen["first"] == "Eva"
    assert [change["name"] for change in seen["overrides"]] == ["Eva"]
    assert (await noor.delete(f"/desk/api/rota/overrides/{made.json()['id']}")).status_code == 204
    assert (await eva.get("/desk/api/rota")).json()["first"] is None


async def test_a_caseworker_does_not_change_it_and_nobody_sees_it_without_a_session(office: Office) -> None:
    await office.caseworker("Noor")
    eva = await office.caseworker("Eva")
    body = {"caseworker": 1, **hours(office, 0, 8)}
    assert (await eva.post("/desk/api/rota/overrides", json=body)).status_code == 403
    assert (await eva.delete("/desk/api/rota/overrides/1")).status_code == 403
    assert (await office.browser().get("/desk/api/rota")).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "2026-11-03T09:00:00"},  # whose nine o'clock?
        {"start": "2026-11-05T09:00:00+01:00"},  # after its end
        {"end": "2028-11-03T09:00:00+01:00"},  # for years
        {"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z"},
        {"caseworker": 0},
        {"caseworker": 2**40},
        {"note": "x"},
    ],
)
async def test_a_change_that_makes_no_sense_is_refused(office: Office, wrong: dict[str, object]) -> None:
    noor = await office.caseworker("Noor")
    body = {"caseworker": 1, "start": "2026-11-03T09:00:00+01:00", "end": "2026-11-04T09:00:00+01:00"}
    answer = await noor.post("/desk/api/rota/overrides", json=body | wrong)
    assert answer.status_code == 422, answer.text
    missing = await noor.post("/desk/api/rota/overrides", json=body | {"caseworker": 99})
    assert missing.status_code == 404


async def test_the_end_of_time_is_no_time_of_the_rota(office: Office) -> None:
    noor = await office.caseworker("Noor")
    mine = (await noor.get("/desk/api/session")).json()["caseworker"]
    for start, end in (
        ("9999-12-30T00:00:00-12:00", "9999-12-31T23:00:00-12:00"),
        ("0001-01-01T00:00:00+12:00", "0001-01-02T00:00:00+12:00"),
    ):
        answer = await noor.post("/desk/api/rota/overrides", json={"caseworker": mine, "start": start, "end": end})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


async def test_the_next_case_is_the_most_urgent_that_waited_longest(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    calm = await office.visitor()
    await calm.write("hello")
    person = (await office.store.create_conversation("en")).person
    await office.store.accept(person, "1", "a person please", case=CaseChange(Urgency.NONE))
    office.clock.pass_by(minutes=1)
    _, first = await office.emergency()
    office.clock.pass_by(minutes=1)
    _, second = await office.emergency()
    taken = await noor.post("/desk/api/claims")
    assert (taken.status_code, taken.json()["id"]) == (201, first)
    assert (await eva.post("/desk/api/claims")).json()["id"] == second
    assert (await noor.post("/desk/api/claims")).json()["urgency"] == "none"
    assert (await noor.post("/desk/api/claims")).status_code == 404


async def test_a_case_that_cannot_be_read_stands_in_nobodys_way(office: Office) -> None:
    person = (await office.store.create_conversation("en")).person  # before there was a team
    await office.store.accept(person, "1", "help", case=CaseChange(Urgency.EMERGENCY, page=True))
    noor = await office.caseworker("Noor")
    office.clock.pass_by(minutes=1)
    _, case = await office.emergency()
    assert (await noor.post("/desk/api/claims")).json()["id"] == case
    assert (await noor.post("/desk/api/claims")).status_code == 404


async def test_the_queue_says_that_somebody_is_called_and_that_somebody_comes(office: Office) -> None:
    noor = await office.caseworker("Noor")
    _, case = await office.emergency()
    (row,) = (await noor.get("/desk/api/queue")).json()["cases"]
    assert (row["called"], row["coming"]) == (False, False), "nobody yet, and perhaps nobody can be"
    (ladder,) = await office.store.ladders()
    await office.store.climb(ladder, 1, [1], timedelta(seconds=60))
    (row,) = (await noor.get("/desk/api/queue")).json()["cases"]
    assert (row["called"], row["coming"]) == (True, False)
    (page,) = await office.store.take_pages(1, timedelta(seconds=6))
    await office.store.acknowledge(page.id, dict.fromkeys(Urgency, timedelta(seconds=60)))
    (row,) = (await noor.get("/desk/api/queue")).json()["cases"]
    assert (row["called"], row["coming"]) == (True, True)
    await noor.post(f"/desk/api/cases/{case}/claim")
    (row,) = (await noor.get("/desk/api/queue")).json()["cases"]
    assert (row["called"], row["coming"]) == (False, False)


async def test_working_at_the_desk_is_a_sign_of_life(office: Office) -> None:
    noor = await office.caseworker("Noor")
    _, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    (owned,) = await office.store.owned()
    assert owned.seen_at == office.clock()
    office.clock.pass_by(minutes=2)
    await noor.get(f"/desk/api/cases/{case}/messages")
    (owned,) = await office.store.owned()
    assert owned.seen_at == office.clock()


@pytest.mark.parametrize(("colours", "lang"), [("light", "en"), ("dark", "nl")])
async def test_the_rota_on_a_phone(
    office: Office, chromium: Browser, pictures: Path, tmp_path: Path, colours: str, lang: str  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, colours, colours=colours)
    await office.emergency()
    page = await held.open(f"/desk?lang={lang}")
    state = page.locator("#group-emergency .state")
    await expect(state).to_have_text("")  # no page has gone out: it would not be true
    (ladder,) = await office.store.ladders()
    await office.store.climb(ladder, 1, [office.colleagues[0].id], timedelta(seconds=60))
    office.live.wake("desk")
    await expect(state).to_have_text(office.words.label("desk.called", lang))
    await page.locator("#menu-open").click()
    await page.locator("#rota-open").click()
    now, error = page.locator("#rota-now"), page.locator("#rota-error")
    await expect(now).to_contain_text(office.words.label("desk.rota_hole", lang))
    await expect(now).to_contain_text(office.words.label("desk.rota_uncallable", lang))
    await page.locator("#rota-from").fill("2026-11-03T08:00")
    await page.locator("#rota-until").fill("2026-11-03T07:00")
    await page.locator("#rota-form .primary").click()
    await expect(error).to_have_text(office.words.label("desk.rota_end", lang))
    await page.locator("#rota-until").fill("2026-11-04T08:00")
    await held.looked_at("rota")
    await page.locator("#rota-form .primary").click()
    await expect(error).to_contain_text(office.words.label("desk.rota_unreachable", lang))  # nobody's phone rings then
    await page.locator("#rota-form .primary").click()
    await expect(now.locator("li").first).to_contain_text(colours)
    await expect(now.locator("li").first).to_contain_text(office.words.label("desk.rota_unreachable", lang))
    await held.looked_at("rota-unreachable")
    key = page_key(Settings(_env_file=None, data_dir=tmp_path / "data"))
    await office.store.set_page_address(office.colleagues[0].id, PageAddress(("json://pages.example",), ()), key)
    await page.locator("#rota [data-close]").click()
    await page.locator("#menu-open").click()
    await page.locator("#rota-open").click()
    await expect(now.locator("li")).to_have_count(1)
    await expect(now).to_have_text(f"{office.words.label('desk.rota_first', lang)}: {colours}")
    await page.locator("#rota-changes button").click()
    await expect(page.locator("#rota-changes li")).to_have_count(0)
    await page.locator("#rota [data-close]").click()
    await page.locator("#next").click()
    await expect(page.locator("#log li.person .text")).to_have_text("They locked me in")
    await held.looked_at("next")


async def test_the_link_of_a_page_on_a_phone(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    links = Links(KEY, timedelta(hours=1), office.clock)
    app: FastAPI = office.app
    pace = paces(Settings(_env_file=None))
    app.include_router(page_web.router(links, office.store, pace, office.words, Live()))
    held = await phone(office, chromium, pictures, "night", colours="dark", log_in=False)
    await office.emergency()
    (ladder,) = await office.store.ladders()
    await office.store.climb(ladder, 1, [1], timedelta(seconds=60))
    (sent,) = await office.store.take_pages(1, timedelta(seconds=6))
    page = await held.open(f"/page/{links.sign(sent.id)}")
    await expect(page.locator("h1")).to_contain_text(sent.number)
    await held.looked_at("page")
    await page.locator("#coming").click()
    await expect(page.locator("[role=status]")).to_have_text(office.words.label("desk.page_done", "en"))
    await held.looked_at("page-done")
    assert list((await office.store.called()).values()) == [True]


async def test_the_link_of_a_page_leads_to_its_case_and_takes_it(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "arrives")
    await office.emergency()
    person, wanted = await office.emergency()
    case = await office.store.case(wanted)
    assert case is not None
    page = await held.open(f"/desk?lang=en#take={case.number}")
    await expect(page.locator("#heading")).to_have_text(case.number)
    await expect(page.locator("#log li.person .text")).to_have_text("They locked me in")
    taken = await office.store.case(wanted)
    assert taken is not None and taken.owner_name == "arrives"

    await person.forget()
    await held.open(f"/desk?lang=nl#take={case.number}")
    await expect(page.locator("#next-error")).to_contain_text(office.words.label("desk.page_over", "nl"))
