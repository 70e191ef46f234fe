"""Facts whose review is overdue are told to coordinators, and to nobody else."""

from __future__ import annotations

from tests.support.office import Office


async def test_a_coordinator_is_told_which_facts_are_due_and_where_they_come_from(office: Office) -> None:
    office.clock.pass_by(days=1000)
    first, other = await office.caseworker("Noor"), await office.caseworker("Eva")
    assert [colleague.session.role for colleague in office.colleagues] == ["coordinator", "caseworker"]
    due = (await first.get("/desk/api/facts")).json()["due"]
    assert [fact["id"] for fact in due] == list(office.words.stale(office.clock().date()))
    stop = next(fact for fact in due if fact["id"] == "stop_phone")
    assert stop["shown"] == office.words.fact("stop_phone")
    assert "stop" in stop["source"].lower() and stop["since"] < office.clock().date().isoformat()
    assert (await other.get("/desk/api/facts")).json() == {"due": []}


async def test_nothing_is_due_while_the_facts_are_fresh(office: Office) -> None:
    noor = await office.caseworker("Noor")
    assert office.words.stale(office.clock().date()) == ()
    assert (await noor.get("/desk/api/facts")).json() == {"due": []}


async def test_who_is_not_logged_in_is_told_nothing(office: Office) -> None:
    assert (await office.browser().get("/desk/api/facts")).status_code == 401
