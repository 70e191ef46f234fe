"""What one shift leaves to the next, over HTTP."""

from __future__ import annotations

from tests.process.desk.test_cases import reply
from tests.support.office import LOCKED_IN, Office


async def test_it_says_what_is_open_what_was_done_and_what_is_due(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    _, first = await office.emergency("ro")
    path = f"/desk/api/cases/{first}"
    number = (await eva.post(f"{path}/claim")).json()["number"]
    day = office.clock().date().isoformat()
    await eva.put(f"{path}/plan", json={"follow_up_on": day, "how": "only in the morning"})
    await eva.put(f"{path}/urgency", json={"urgency": "urgent", "reason": "help_there"})
    await reply(eva, first, "I am here")
    _, second = await office.emergency()
    await noor.post(f"/desk/api/cases/{second}/claim")
    closed = (await noor.get("/desk/api/queue")).json()["cases"]
    other = next(one["number"] for one in closed if one["id"] == second)
    await noor.post(f"/desk/api/cases/{second}/close", json={"outcome": "helped"})

    answer = await noor.get("/desk/api/handover")
    found = answer.json()
    assert [(one["number"], one["urgency"], one["owner_name"]) for one in found["open"]] == [(number, "urgent", "Eva")]
    assert [(one["number"], one["on"]) for one in found["due"]] == [(number, day)]
    done = [(one["case"], one["actor"], one["deed"], one["detail"], one["reason"]) for one in found["done"]]
    assert done == [
        (other, "Noor", "closed", "helped", ""), (other, "Noor", "claimed", "", ""),
        (number, "Eva", "urgency", "urgent", "help_there"), (number, "Eva", "claimed", "", ""),
    ]  # fmt: skip
    for word in (LOCKED_IN, "morning", "I am here"):
        assert word not in answer.text


async def test_it_looks_back_as_far_as_it_is_asked_to_and_ahead_until_tomorrow(office: Office) -> None:
    noor = await office.caseworker("Noor")
    _, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    await noor.put(f"/desk/api/cases/{case}/plan", json={"follow_up_on": "2199-12-31"})
    office.clock.pass_by(minutes=20 * 60)
    # the session has ended meanwhile: somebody else reads it
    eva = await office.caseworker("Eva")
    assert (await eva.get("/desk/api/handover?hours=12")).json()["done"] == []
    late = (await eva.get("/desk/api/handover?hours=24")).json()
    assert [one["deed"] for one in late["done"]] == ["claimed"]
    assert late["due"] == []
    assert (await eva.get("/desk/api/handover?hours=25")).status_code == 422
