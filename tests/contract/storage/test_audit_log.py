"""The audit log: every deed is in it, in one chain, whoever appends; and whoever touches it is found out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from bot.domain.audit import Deed
from bot.domain.model import CaseChange, Urgency
from bot.storage.store import NewConversation, Store
from bot.storage.tables.records import audit_head, audit_log
from tests.support.databases import Clock
from tests.support.desk import Colleague, join


async def waiting(store: Store) -> tuple[int, NewConversation]:
    """A case in danger, and its conversation."""
    before = {case.id for case in await store.queue()}
    new = await store.create_conversation("nl")
    await store.accept(new.person, "m1", "help", case=CaseChange(Urgency.EMERGENCY, ("confined",)))
    (case,) = [case.id for case in await store.queue() if case.id not in before]
    return case, new


async def deeds(store: Store) -> list[tuple[str, int | None, int | None, str]]:
    """What is in the log, oldest first: deed, actor, subject, detail."""
    rows = await store.audit(limit=1000)
    return [(row.deed, row.actor, row.subject, row.detail) for row in reversed(rows)]


async def a_night(store: Store, clock: Clock) -> tuple[Colleague, Colleague]:
    """Some deeds: two people join, a case is claimed, given back, claimed, closed, deleted."""
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    case, new = await waiting(store)
    await store.claim(case, jan.id)
    await store.release(case, jan.id)
    assert await store.claim_next(els.id, els.session.team) is not None
    await store.close_case(case, els.id, "helped")
    await store.delete_conversation(new.person.conversation)
    return els, jan


async def test_every_deed_has_a_row_with_who_and_which_case(store: Store, clock: Clock) -> None:
    els, jan = await a_night(store, clock)
    assert await deeds(store) == [
        ("joined", None, els.id, "coordinator"),
        ("invited", els.id, None, "caseworker"),
        ("joined", None, jan.id, "caseworker"),
        ("claimed", jan.id, None, ""),
        ("gave_back", jan.id, None, ""),
        ("claimed", els.id, None, ""),
        ("closed", els.id, None, "helped"),
        ("deleted", None, None, "person"),
    ]
    of_case = {row.case for row in await store.audit()}
    assert len(of_case) == 2 and None in of_case
    head, found = await store.audit_breaks()
    assert (head.id, found) == (8, [])


async def test_a_deed_that_is_refused_has_no_row(store: Store, clock: Clock) -> None:
    els, _ = await a_night(store, clock)
    before = await deeds(store)
    case, _ = await waiting(store)
    with pytest.raises(ValueError, match="outcome"):
        await store.close_case(case, els.id, "NOT an outcome")
    with pytest.raises(ValueError, match="last"):
        await store.set_active(els.id, False, els.session)
    assert await deeds(store) == before


async def test_what_people_change_about_people_is_in_it(store: Store, clock: Clock) -> None:
    els, jan = await a_night(store, clock)
    await store.set_role(jan.id, "coordinator", els.session)
    await store.set_active(jan.id, False, els.session)
    assert (await deeds(store))[-3:] == [
        ("role", els.id, jan.id, "coordinator"),
        ("ended", els.id, jan.id, "coordinator"),
        ("key", els.id, None, ""),
    ]
    assert (await store.audit_breaks())[1] == []


async def touched(store: Store, statement: object) -> list[int]:
    """The rows at which the chain is broken after somebody has run this on the database."""
    async with store._db.write() as connection:
        await connection.execute(statement)  # type: ignore[call-overload]
    return [row for row, _ in (await store.audit_breaks())[1]]


async def test_any_changed_row_is_found(store: Store, clock: Clock) -> None:
    await a_night(store, clock)
    async with store._db.read() as connection:
        rows = (await connection.execute(select(audit_log).order_by(audit_log.c.id))).all()
    assert len(rows) > 5
    other = {"actor": 77, "subject": 77, "before": b"\1" * 32, "at": clock() + timedelta(seconds=1)}
    other |= {"moment": b"\1" * 32, "salt": None}
    for row in rows:
        of_it = update(audit_log).where(audit_log.c.id == row.id)
        for column in ("at", "moment", "salt", "deed", "actor", "case_number", "subject", "detail", "reason", "before"):
            if column == "salt" and row.deed == "deleted":
                continue  # of it only the day was written down: without its salt it says the same
            found = await touched(store, of_it.values({column: other.get(column, "x")}))
            assert found and set(found) <= {row.id, row.id + 1}, (row.id, column, found)
            assert await touched(store, of_it.values(**row._mapping)) == []  # and put back, all is well


async def test_any_removed_row_is_found(store: Store, clock: Clock) -> None:
    await a_night(store, clock)
    async with store._db.read() as connection:
        rows = (await connection.execute(select(audit_log).order_by(audit_log.c.id))).all()
    assert len(rows) > 5
    for row in rows:
        assert await touched(store, delete(audit_log).where(audit_log.c.id == row.id)), row.id
        assert await touched(store, insert(audit_log).values(**row._mapping)) == []  # and put back, all is well
    assert await touched(store, delete(audit_log))


async def test_an_inserted_row_is_found_wherever_it_is(store: Store, clock: Clock) -> None:
    await a_night(store, clock)
    async with store._db.read() as connection:
        last = (await connection.execute(select(audit_log).order_by(audit_log.c.id.desc()))).first()
    assert last is not None
    forged = dict(last._mapping) | {"deed": "closed", "reason": "", "before": (await store.audit())[0].hash}
    for place in (0, last.id + 1, last.id + 5):
        assert await touched(store, insert(audit_log).values(**forged | {"id": place})), place
        assert await touched(store, delete(audit_log).where(audit_log.c.id == place)) == []


async def test_a_head_that_is_gone_or_set_back_is_found(store: Store, clock: Clock) -> None:
    await a_night(store, clock)
    rows = await store.audit()
    assert await touched(store, update(audit_head).values(last=rows[1].id, hash=rows[1].hash)) == [8]
    assert await touched(store, delete(audit_head)) == [0]


async def test_a_day_after_closing_only_days_are_known(store: Store, clock: Clock) -> None:
    els, _ = await a_night(store, clock)
    case, _ = await waiting(store)
    await store.claim(case, els.id)
    assert await store.coarsen_audit() == 0
    clock.pass_by(hours=25)
    assert await store.coarsen_audit() == 5, "not what is open, and not what is about colleagues"
    rows = await store.audit()
    fine = {row.deed for row in rows if row.salt is not None}
    assert fine == {"joined", "invited", "claimed"}
    assert {row.at.time().isoformat() for row in rows if row.salt is None} == {"00:00:00"}
    assert (await store.audit_breaks())[1] == []
    a_day_later = update(audit_log).where(audit_log.c.salt.is_(None)).values(at=clock() + timedelta(days=1))
    assert await touched(store, a_day_later)


async def test_old_rows_go_from_the_beginning_and_the_rest_holds(store: Store, clock: Clock) -> None:
    els, _ = await a_night(store, clock)
    assert await store.trim_audit(timedelta(days=30)) == 0
    clock.pass_by(days=31)
    case, _ = await waiting(store)
    await store.claim(case, els.id)
    assert await store.trim_audit(timedelta(days=30)) == 8
    assert await deeds(store) == [("claimed", els.id, None, ""), ("trimmed", None, None, "9")]
    assert (await store.audit_breaks())[1] == []
    assert await touched(store, delete(audit_log).where(audit_log.c.id == 9)) == [10]


async def test_several_gateways_append_to_one_chain(url: str, store: Store, clock: Clock) -> None:
    """Two stores on one database, each with its own connections, and everything at once."""
    els = await join(store, clock, "Els")
    other = await Store.open(url, clock=clock)
    try:
        ids = [(await waiting(store))[0] for _ in range(12)]

        async def work(gateway: Store, case: int) -> None:
            await gateway.claim(case, els.id)
            await gateway.note_deed(Deed.OPENED, els.id, case="K7-M2F")
            await gateway.release(case, els.id)

        jobs: list[Callable[[], Awaitable[None]]] = [
            (lambda g=gateway, c=case: work(g, c)) for case, gateway in zip(ids, [store, other] * 6, strict=True)
        ]
        await asyncio.gather(*(job() for job in jobs))
        head, found = await other.audit_breaks()
        assert (head.id, found) == (1 + 3 * len(ids), [])
    finally:
        await other.close()
