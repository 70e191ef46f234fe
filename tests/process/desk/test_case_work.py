"""A case besides the talk, over HTTP: from hand to hand, ready-made replies, notes, plans, the calendar, skills."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import httpx
import icalendar
import pytest

from bot.desk.case_work import CANNED
from bot.domain.model import CaseChange, Urgency
from tests.process.desk.test_cases import code, reply
from tests.support.office import LOCKED_IN, Office

ASK = CaseChange(Urgency.NONE)
PLAN = {"follow_up_on": "2026-12-03", "start": "22:00", "end": "02:30", "how": "only here"}


async def said(person, sender: str) -> list[object]:
    return [m["text"] for m in await person.messages() if m["from"] == sender]


async def two(office: Office) -> tuple[httpx.AsyncClient, httpx.AsyncClient, int]:
    """Noor, Eva, who is at her desk, and Eva's number."""
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    await office.store.at_desk(office.colleagues[1].id)
    return noor, eva, office.colleagues[1].id


async def test_access_changes_hands_when_the_colleague_accepts_and_not_before(office: Office) -> None:
    noor, eva, number = await two(office)
    person, case = await office.emergency("ro")
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    assert (await noor.post(f"{path}/transfer", json={"to": number})).status_code == 204
    [row] = (await eva.get("/desk/api/queue")).json()["cases"]
    assert (row["owner_name"], row["offered_to"], row["offered_to_name"]) == ("Noor", number, "Eva")
    assert code(await eva.get(f"{path}/messages")) == (409, "not_owner")
    assert code(await eva.get(f"{path}/notes")) == (409, "not_owner")
    assert (await reply(noor, case, "still me")).status_code == 202
    before = await said(person, "system")
    accepted = await eva.post(f"{path}/transfer/accept")
    assert accepted.status_code == 200 and accepted.json()["owner_name"] == "Eva"
    assert (await eva.post(f"{path}/transfer/accept")).status_code == 200, "a second tap changes nothing"
    assert code(await noor.get(f"{path}/messages")) == (409, "not_owner")
    assert code(await reply(noor, case, "and now")) == (409, "not_owner")
    talk = (await eva.get(f"{path}/messages")).json()["messages"]
    assert [m["text"] for m in talk if m["from"] == "person"] == [LOCKED_IN]
    assert await said(person, "system") == [*before, office.words.say("handoff.transferred", "ro")]
    await eva.post(f"{path}/claim")
    assert await said(person, "system") == [*before, office.words.say("handoff.transferred", "ro")]


async def test_a_transfer_that_cannot_be_says_why_and_changes_nothing(office: Office) -> None:
    noor, eva, number = await two(office)
    _, case = await office.emergency()
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    office.clock.pass_by(minutes=6)
    await noor.get("/desk/api/session")
    assert code(await noor.post(f"{path}/transfer", json={"to": number})) == (409, "colleague_offline")
    await eva.put("/desk/api/skills", json={"languages": [], "capacity": 1})
    _, other = await office.emergency()
    await eva.post(f"/desk/api/cases/{other}/claim")
    assert code(await noor.post(f"{path}/transfer", json={"to": number})) == (409, "colleague_full")
    [shown] = (await noor.get("/desk/api/colleagues")).json()["colleagues"]
    assert (shown["name"], shown["refusal"]) == ("Eva", "full")
    assert code(await noor.post(f"{path}/transfer", json={"to": 99})) == (404, "not_found")
    assert code(await eva.post(f"{path}/transfer", json={"to": number})) == (409, "not_owner")
    assert code(await eva.post(f"{path}/transfer/accept")) == (409, "not_offered")
    assert (await reply(noor, case, "I am here")).status_code == 202


async def test_an_offer_is_declined_or_taken_back_and_the_person_hears_nothing_of_it(office: Office) -> None:
    noor, eva, number = await two(office)
    person, case = await office.emergency()
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    before = await person.messages()
    for client in (eva, noor):
        await noor.post(f"{path}/transfer", json={"to": number})
        assert (await client.delete(f"{path}/transfer")).status_code == 204
        assert code(await eva.post(f"{path}/transfer/accept")) == (409, "not_offered")
    assert await person.messages() == before


async def test_back_to_the_bot_is_told_in_the_persons_language_and_the_bot_answers(office: Office) -> None:
    noor, eva, _ = await two(office)
    person, case = await office.emergency("sq")
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    assert code(await eva.post(f"{path}/to-bot")) == (409, "not_owner")
    assert (await noor.post(f"{path}/to-bot")).status_code == 204
    assert (await said(person, "system"))[-1] == office.words.say("handoff.returned_to_bot", "sq")
    seq = await person.write("ku jeni")
    await office.tasks.finish(5)
    assert any(m["from"] == "bot" and m["seq"] > seq for m in await person.messages())
    assert code(await noor.get(f"{path}/messages")) == (409, "not_owner")
    assert (await noor.get("/desk/api/queue")).json()["cases"] == []


async def test_a_closed_case_is_opened_again(office: Office) -> None:
    noor, eva, _ = await two(office)
    person, case = await office.emergency()
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    await noor.post(f"{path}/close", json={"outcome": "helped"})
    [shut] = (await eva.get("/desk/api/closed")).json()["cases"]
    assert (shut["id"], shut["outcome"], shut["owner"]) == (case, "helped", None)
    again = await eva.post(f"{path}/reopen")
    assert again.status_code == 200 and again.json()["urgency"] == "emergency"
    assert (await said(person, "system"))[-1] == office.words.say("handoff.joined", "en")
    assert (await reply(eva, case, "How are you?")).status_code == 202
    assert code(await noor.post(f"{path}/reopen")) == (409, "claimed_by_other")
    await person.forget()
    assert code(await noor.post(f"{path}/reopen"))[0] == 404


@pytest.mark.parametrize("lang", ["ar", "zh", "hu"])
async def test_a_ready_made_reply_is_read_in_the_persons_language_as_it_was_written(office: Office, lang: str) -> None:
    noor, eva, _ = await two(office)
    person, case = await office.emergency(lang)
    path = f"/desk/api/cases/{case}"
    assert code(await noor.get(f"{path}/canned/nl")) == (409, "not_owner")
    await noor.post(f"{path}/claim")
    offered = (await noor.get(f"{path}/canned/nl")).json()["replies"]
    assert [one["id"] for one in offered] == list(CANNED)
    assert {one["own"] for one in offered}.isdisjoint(one["person"] for one in offered)
    name = str(uuid4())
    sent = [await noor.post(f"{path}/canned", json={"id": name, "reply": "safe_now"}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [202, 202] and sent[0].json() == sent[1].json()
    assert await said(person, "caseworker") == [office.words.say("canned.safe_now", lang)]
    talk = (await noor.get(f"{path}/messages", params={"lang": "nl"})).json()["messages"]
    [shown] = [m for m in talk if m["from"] == "caseworker"]
    assert shown["own"] == office.words.say("canned.safe_now", "nl") and "translated" not in shown
    assert code(await noor.post(f"{path}/canned", json={"id": name, "reply": "../welcome"})) == (404, "not_found")
    assert code(await eva.post(f"{path}/canned", json={"id": str(uuid4()), "reply": "here"})) == (409, "not_owner")


async def test_a_ready_made_reply_is_a_first_word(office: Office) -> None:
    noor, _, _ = await two(office)
    _, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    await noor.post(f"/desk/api/cases/{case}/canned", json={"id": str(uuid4()), "reply": "here"})
    [owned] = await office.store.owned()
    assert owned.spoke_at is not None


async def test_notes_and_plans_are_for_whoever_may_read_the_talk(office: Office) -> None:
    noor, eva, _ = await two(office)
    _, case = await office.emergency()
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    note = {"id": str(uuid4()), "text": "calls herself Ana"}
    assert [(await noor.post(f"{path}/notes", json=note)).status_code for _ in range(2)] == [204, 204]
    assert (await noor.put(f"{path}/plan", json=PLAN)).status_code == 204
    [kept] = (await noor.get(f"{path}/notes")).json()["notes"]
    assert (kept["author"], kept["text"]) == ("Noor", "calls herself Ana")
    assert (await noor.get(f"{path}/plan")).json() == PLAN
    for refused in (
        await eva.get(f"{path}/notes"), await eva.get(f"{path}/plan"),
        await eva.post(f"{path}/notes", json=note), await eva.put(f"{path}/plan", json=PLAN),
        await eva.delete(f"/desk/api/follow-ups/{case}"),
    ):  # fmt: skip
        assert code(refused) == (409, "not_owner")
    window = {"start": "25:00", "end": "26:00"}
    for wrong in (window, {"start": "09:00"}, {"follow_up_on": "9999-12-31"}, {"how": "x" * 301}):
        assert (await noor.put(f"{path}/plan", json=wrong)).status_code == 422
    assert (await noor.get(f"{path}/plan")).json() == PLAN


async def test_the_calendar_has_days_and_case_numbers_and_nothing_else(office: Office) -> None:
    noor, eva, number = await two(office)
    _, case = await office.emergency("ro")
    path = f"/desk/api/cases/{case}"
    row = (await noor.post(f"{path}/claim")).json()
    await noor.put(f"{path}/plan", json=PLAN)
    await noor.post(f"{path}/close", json={"outcome": "helped"})
    answer = (await eva.get("/desk/api/follow-ups")).json()
    assert [(c["number"], c["follow_up_on"]) for c in answer["cases"]] == [(row["number"], "2026-12-03")]
    program = office.browser()
    feed = await program.get(answer["calendar"])
    assert feed.status_code == 200 and feed.headers["content-type"].startswith("text/calendar")
    [event] = icalendar.Calendar.from_ical(feed.content).events
    assert (str(event["summary"]), event["dtstart"].dt) == (row["number"], date(2026, 12, 3))
    assert set(event) == {"UID", "SUMMARY", "DTSTART", "DTEND", "TRANSP", "DTSTAMP"}
    assert not [word for word in ("only here", "emergency", "Noor", "22:00") if word in feed.text]
    token = answer["calendar"].removeprefix("/desk/calendar/").removesuffix(".ics")
    for forged in (token[:12] + ("A" if token[12] != "A" else "B") + token[13:], "A" * len(token), "x", "%00"):
        assert (await program.get(f"/desk/calendar/{forged}.ics")).status_code == 404
    assert (await eva.delete(f"/desk/api/follow-ups/{case}")).status_code == 204
    assert icalendar.Calendar.from_ical((await program.get(answer["calendar"])).content).events == []
    await office.store.set_active(number, False, office.colleagues[0].session)
    assert (await program.get(answer["calendar"])).status_code == 404, "whoever has left sees it no longer"


async def test_what_one_can_do_is_used_for_the_next_case(office: Office) -> None:
    noor, _, _ = await two(office)
    assert (await noor.get("/desk/api/skills")).json() == {"languages": [], "capacity": 4}
    assert (await noor.put("/desk/api/skills", json={"languages": ["ro", "xx"], "capacity": 3})).status_code == 422
    assert (await noor.put("/desk/api/skills", json={"languages": ["ro"], "capacity": 0})).status_code == 422
    assert (await noor.put("/desk/api/skills", json={"languages": ["ro"], "capacity": 1})).status_code == 204
    assert (await noor.get("/desk/api/skills")).json() == {"languages": ["ro"], "capacity": 1}
    for language in ("nl", "ro", "ro"):
        person = await office.visitor(language)
        await office.store.accept(
            (await office.store.open_by_token(person.headers["Authorization"].removeprefix("Bearer "))),
            str(uuid4()), "a person please", case=ASK,
        )  # fmt: skip
        office.clock.pass_by(seconds=30)
    first = await noor.post("/desk/api/claims")
    assert first.json()["language"] == "ro"
    assert code(await noor.post("/desk/api/claims")) == (409, "full")
    _, danger = await office.emergency("nl")
    assert (await noor.post("/desk/api/claims")).json()["id"] == danger
