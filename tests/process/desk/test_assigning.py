"""A coordinator gives a case to somebody, or takes it over, over HTTP."""

from __future__ import annotations

import httpx

from bot.domain.model import CaseChange, Urgency
from tests.process.desk.test_case_work import said
from tests.process.desk.test_cases import code, reply
from tests.process.desk.test_urgency import row
from tests.support.office import Office, Visitor


async def three(office: Office) -> tuple[httpx.AsyncClient, httpx.AsyncClient, httpx.AsyncClient]:
    """Noor, who coordinates, Eva and Jan, all at their desks."""
    people = [await office.caseworker(name) for name in ("Noor", "Eva", "Jan")]
    for one in office.colleagues:
        await office.store.at_desk(one.id)
    return people[0], people[1], people[2]


async def log(noor: httpx.AsyncClient) -> list[tuple[object, ...]]:
    rows = (await noor.get("/desk/api/audit")).json()["rows"]
    return [(r["actor"], r["subject"], r["reason"]) for r in rows if r["deed"] == "assigned"]


async def calm(office: Office) -> tuple[Visitor, int]:
    person = await office.visitor("ro")
    opened = await office.store.open_by_token(person.headers["Authorization"].removeprefix("Bearer "))
    assert opened is not None
    await office.store.accept(opened, "ask", "please", case=CaseChange(Urgency.NONE), answered=True)
    return person, (await office.store.queue())[0].id


async def test_a_case_that_waits_is_given_to_a_colleague(office: Office) -> None:
    noor, eva, jan = await three(office)
    person, case = await calm(office)
    given = {"to": office.colleagues[1].id}
    assert code(await eva.post(f"/desk/api/cases/{case}/assign", json=given)) == (403, "forbidden")
    answer = await noor.post(f"/desk/api/cases/{case}/assign", json=given)
    assert (answer.status_code, answer.json()["owner_name"], answer.json()["assigned_by"]) == (200, "Eva", "Noor")
    assert (await noor.post(f"/desk/api/cases/{case}/assign", json=given)).status_code == 200, "twice is once"
    assert await said(person, "system") == [office.words.say("handoff.joined", "ro")]
    assert (await reply(eva, case, "I am here")).status_code == 202
    assert code(await noor.get(f"/desk/api/cases/{case}/messages")) == (409, "not_owner")
    assert code(await jan.post(f"/desk/api/cases/{case}/claim")) == (409, "claimed_by_other")
    assert await log(noor) == [("Noor", "Eva", "")]


async def test_a_case_goes_from_one_to_another_and_rings_there(office: Office) -> None:
    noor, eva, jan = await three(office)
    person, case = await office.emergency("ro")
    await eva.post(f"/desk/api/cases/{case}/claim")
    path, to = f"/desk/api/cases/{case}/assign", office.colleagues[2].id
    assert (await noor.post(path, json={"to": to})).status_code == 422, "not without a reason: somebody has it"
    assert (await row(eva, case))["owner_name"] == "Eva"
    before = await said(person, "system")
    assert (await noor.post(path, json={"to": to, "reason": "owner_away"})).status_code == 200
    now = await row(eva, case)
    assert (now["owner_name"], now["assigned_by"], now["unheard"]) == ("Jan", "Noor", True)
    assert await said(person, "system") == [*before, office.words.say("handoff.transferred", "ro")]
    assert code(await eva.get(f"/desk/api/cases/{case}/messages")) == (409, "not_owner")
    assert (await jan.get(f"/desk/api/cases/{case}/messages")).status_code == 200
    assert await log(noor) == [("Noor", "Jan", "owner_away")]
    # whoever takes it anew has it from nobody
    await jan.post(f"/desk/api/cases/{case}/release")
    await eva.post(f"/desk/api/cases/{case}/claim")
    assert (await row(eva, case))["assigned_by"] is None


async def test_a_coordinator_takes_a_case_over(office: Office) -> None:
    noor, eva, _ = await three(office)
    _, case = await office.emergency()
    await eva.post(f"/desk/api/cases/{case}/claim")
    body = {"to": office.colleagues[0].id, "reason": "complaint"}
    assert (await noor.post(f"/desk/api/cases/{case}/assign", json=body)).status_code == 200
    assert (await noor.get(f"/desk/api/cases/{case}/messages")).status_code == 200
    assert (await row(noor, case))["unheard"] is False, "who takes it has heard it"


async def test_nobody_who_is_away_or_from_elsewhere_is_given_a_case(office: Office) -> None:
    noor, *_ = await three(office)
    person, case = await office.emergency()
    before = await said(person, "system")
    office.clock.pass_by(minutes=6)
    path = f"/desk/api/cases/{case}/assign"
    assert code(await noor.post(path, json={"to": office.colleagues[1].id})) == (409, "colleague_offline")
    await office.caseworker("Ada", "administrator")
    assert code(await noor.post(path, json={"to": office.colleagues[3].id})) == (404, "not_found")
    assert code(await noor.post(path, json={"to": 99})) == (404, "not_found")
    assert (await row(noor, case))["state"] == "waiting"
    assert await said(person, "system") == before
    assert await log(noor) == []
    await noor.post(f"/desk/api/cases/{case}/claim")
    await noor.post(f"/desk/api/cases/{case}/close", json={"outcome": "helped"})
    await office.store.at_desk(office.colleagues[1].id)
    assert (await noor.post(path, json={"to": office.colleagues[1].id})).status_code == 409, "it is closed"
