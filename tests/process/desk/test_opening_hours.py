"""Opening hours over HTTP: kept by a coordinator, and told to who wants a person outside of them, not in danger."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.domain.escalation import Hours
from bot.domain.model import Urgency
from bot.domain.opening_hours import WHOLE, OpeningHours
from tests.process.desk.test_cases import code
from tests.process.desk.test_standing import stands
from tests.support.desk import join
from tests.support.office import LOCKED_IN, Office, Visitor

WEEK = ["09:00-17:00"] * 5 + ["", ""]
HOURS = {"week": WEEK, "closed": ["2027-01-01"]}
SAID = {
    lang: f"{days} 09:00{WHOLE}17:00"
    for lang, days in {"en": "Monday–Friday", "ar": "الاثنين–الجمعة", "zh": "星期一–星期五"}.items()
}


def at(office: Office, local: str) -> None:
    """It is this time in Brussels, in winter."""
    office.clock.now = datetime.fromisoformat(local).replace(tzinfo=UTC) - timedelta(hours=1)


async def test_a_coordinator_sets_them_and_everybody_reads_them(office: Office) -> None:
    noor, jan = await office.caseworker("Noor"), await office.caseworker("Jan")
    path = "/desk/api/opening-hours"
    assert (await jan.get(path)).json() == {"week": [""] * 7, "closed": []}
    assert code(await jan.put(path, json=HOURS)) == (403, "forbidden")
    for _ in range(2):
        assert (await noor.put(path, json=HOURS)).status_code == 204
    assert (await jan.get(path)).json() == HOURS
    for wrong in (
        {"week": WEEK[1:], "closed": []}, {"week": ["9-17", *WEEK[1:]], "closed": []}, {"week": WEEK},
        {"week": ["09:00-09:00", *WEEK[1:]], "closed": []}, {"week": WEEK, "closed": ["soon"]}, HOURS | {"id": 1},
    ):  # fmt: skip
        assert (await noor.put(path, json=wrong)).status_code == 422, wrong
    there = await office.store.add_organisation("Another house")
    other = await join(office.store, office.clock, "Ada", office.colleagues[0].session, "coordinator", there)
    ada = office.browser()
    ada.cookies.set("desk", other.cookie, path="/desk")
    assert (await ada.get(path)).json() == {"week": [""] * 7, "closed": []}


async def pressed(office: Office, person: Visitor, choice: str) -> list[dict[str, Any]]:
    """What is said to the last button with this label."""
    before = await person.messages()
    buttons = [button for message in before for button in message["choices"] if button["label"] == choice]
    body = {"id": str(uuid4()), "choice": buttons[-1]["token"]}
    answer = await person.http.post("/api/choices", json=body, headers=person.headers)
    assert answer.status_code == 202, answer.text
    await office.tasks.finish(120)
    return [message for message in await person.messages() if message["seq"] > before[-1]["seq"]][1:]


async def opened(office: Office, hours: dict[str, object] = HOURS) -> None:
    noor = await office.caseworker("Noor")
    assert (await noor.put("/desk/api/opening-hours", json=hours)).status_code == 204


async def before(office: Office, language: str) -> str:
    """What the page says before a talk, the page without scripts too."""
    browser = office.browser()
    said = (await browser.get(f"/words/{language}")).json()["nobody"]
    plain = (await browser.post("/talk", data={"language": language})).text
    assert html.escape(said) in plain
    assert (f'id="nobody" class="hint">{html.escape(said)}' in plain) == bool(said)
    return str(said)


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
async def test_outside_of_them_it_is_said_before_anybody_waits(office: Office, language: str) -> None:
    words = office.words
    await opened(office)
    at(office, "2026-12-28T20:00")
    usually = words.say("hours.usually", language, hours=SAID[language])
    until_then = words.say("hours.until_then", language)
    assert await before(office, language) == f"{usually} {until_then}"
    person = await office.visitor(language)
    assert (await stands(person))["hours"] == ""
    [offer] = await pressed(office, person, words.topic_label("talk_to_human", language))
    assert offer["text"] == f"{words.say('handoff.offer', language)}\n{usually} {until_then}"
    asked = await pressed(office, person, words.label("choices.yes", language))
    assert f"{words.say('handoff.waiting', language)}\n{usually}" in [message["text"] for message in asked]
    standing = await stands(person)
    assert (standing["state"], standing["hours"]) == ("asked", usually)


@pytest.mark.parametrize(
    ("local", "said"),
    [
        ("2026-12-28T08:59", True), ("2026-12-28T09:00", False), ("2026-12-28T16:59", False),
        ("2026-12-28T17:00", True), ("2026-12-27T12:00", True),
    ],
)  # fmt: skip
async def test_within_them_nothing_is_said(office: Office, local: str, said: bool) -> None:
    await opened(office)
    at(office, local)
    assert bool(await before(office, "nl")) is said
    person = await office.visitor("nl")
    [offer] = await pressed(office, person, office.words.topic_label("talk_to_human", "nl"))
    assert (offer["text"] != office.words.say("handoff.offer", "nl")) is said
    await pressed(office, person, office.words.label("choices.yes", "nl"))
    assert bool((await stands(person))["hours"]) is said


async def test_on_a_holiday_it_is_said_that_it_is_none_of_the_days(office: Office) -> None:
    await opened(office)
    at(office, "2027-01-01T12:00")  # a Friday
    usually = office.words.say("hours.usually", "en", hours=SAID["en"])
    said = f"{usually} {office.words.say('hours.not_today', 'en')} {office.words.say('hours.until_then', 'en')}"
    assert await before(office, "en") == said


async def test_without_hours_nothing_changes(office: Office) -> None:
    await opened(office, {"week": [""] * 7, "closed": ["2026-12-27"]})
    at(office, "2026-12-27T03:00")
    assert await before(office, "en") == ""
    person = await office.visitor()
    [offer] = await pressed(office, person, office.words.topic_label("talk_to_human", "en"))
    assert offer["text"] == office.words.say("handoff.offer", "en")


async def test_those_of_another_organisation_are_not_said_at_the_door(office: Office) -> None:
    there = await office.store.add_organisation("Another house")
    await office.store.set_opening_hours(there, OpeningHours((Hours.read("09:00-17:00"),) * 7))
    at(office, "2026-12-28T20:00")
    assert await before(office, "en") == ""


async def test_danger_has_no_hours(office: Office) -> None:
    """The card, the line of the state, an offer and what is said to a yes: all as at noon."""
    await opened(office)
    told = []
    for local in ("2026-12-28T12:00", "2026-12-28T20:00"):
        at(office, local)
        person, case = await office.emergency()
        found = await office.store.case(case)
        assert found is not None and found.urgency is Urgency.EMERGENCY
        standing = await stands(person)
        assert (standing["state"], standing["hours"]) == ("asked", "")
        await person.write(office.words.label("visitor.talk_to_person", "en"))
        await office.tasks.finish(120)
        assert (await stands(person))["hours"] == ""
        told.append([message["text"] for message in await person.messages()])
    assert told[0] == told[1]


async def test_who_is_in_danger_and_asks_reads_no_hours(office: Office) -> None:
    """Danger that comes after the offer, and an offer after danger."""
    words = office.words
    await opened(office)
    at(office, "2026-12-28T20:00")
    person = await office.visitor()
    await pressed(office, person, words.topic_label("talk_to_human", "en"))
    await person.write(LOCKED_IN)
    assert (await stands(person))["hours"] == ""
    said = await pressed(office, person, words.topic_label("talk_to_human", "en"))
    said += await pressed(office, person, words.label("choices.yes", "en"))
    assert said
    assert not any(SAID["en"] in message["text"] for message in said)
