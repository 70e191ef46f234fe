"""The urgency as whoever has the case judges it, over HTTP."""

from __future__ import annotations

import httpx
import pytest

from tests.process.desk.test_cases import code
from tests.support.office import LOCKED_IN, Office


async def row(colleague: httpx.AsyncClient, case: int) -> dict[str, object]:
    cases = (await colleague.get("/desk/api/queue")).json()["cases"]
    return next(one for one in cases if one["id"] == case)


async def log(colleague: httpx.AsyncClient) -> list[tuple[object, ...]]:
    rows = (await colleague.get("/desk/api/audit")).json()["rows"]
    return [(r["actor"], r["case"], r["detail"], r["reason"]) for r in rows if r["deed"] == "urgency"]


async def test_it_is_lowered_with_a_reason_and_a_new_danger_raises_it_again(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()
    path = f"/desk/api/cases/{case}"
    number = (await noor.post(f"{path}/claim")).json()["number"]
    before = [m["seq"] for m in await person.messages()]
    body = {"urgency": "none", "reason": "person_safe"}
    assert (await noor.put(f"{path}/urgency", json=body)).status_code == 204
    assert (await noor.put(f"{path}/urgency", json=body)).status_code == 204, "a second tap changes nothing"
    assert (await row(noor, case))["urgency"] == "none"
    assert await log(noor) == [("Noor", number, "none", "person_safe")]
    judged = (await noor.get(f"{path}/card")).json()["judged"]
    assert (judged["by"], judged["urgency"], judged["reason"]) == ("Noor", "none", "person_safe")
    assert [m["seq"] for m in await person.messages()] == before, "the person is told nothing of it"
    await person.write(LOCKED_IN)
    now = await row(noor, case)
    assert (now["urgency"], now["unheard"]) == ("emergency", True), "it rings like any that has turned worse"


async def test_nobody_lowers_the_urgency_of_a_case_that_they_have_not_taken(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    _, case = await office.emergency()
    body = {"urgency": "none", "reason": "no_danger"}
    assert code(await eva.put(f"/desk/api/cases/{case}/urgency", json=body)) == (409, "not_owner")
    await noor.post(f"/desk/api/cases/{case}/claim")
    assert code(await eva.put(f"/desk/api/cases/{case}/urgency", json=body)) == (409, "not_owner")
    assert (await row(eva, case))["urgency"] == "emergency"
    assert await log(noor) == []


@pytest.mark.parametrize(
    ("urgency", "reason"), [("none", "more_danger"), ("urgent", "told_elsewhere"), ("none", "tired of it"), ("no", "")]
)
async def test_a_reason_that_does_not_go_with_the_change_changes_nothing(
    office: Office, urgency: str, reason: str
) -> None:
    noor = await office.caseworker("Noor")
    _, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    answer = await noor.put(f"/desk/api/cases/{case}/urgency", json={"urgency": urgency, "reason": reason})
    assert answer.status_code == 422
    assert (await row(noor, case))["urgency"] == "emergency"
    assert await log(noor) == []


async def test_a_case_that_waits_again_has_the_urgency_that_was_set(office: Office) -> None:
    noor = await office.caseworker("Noor")
    _, case = await office.emergency()
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    await noor.put(f"{path}/urgency", json={"urgency": "urgent", "reason": "help_there"})
    await noor.post(f"{path}/release")
    now = await row(noor, case)
    assert (now["state"], now["urgency"], now["unheard"]) == ("waiting", "urgent", False)
