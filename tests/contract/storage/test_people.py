"""Roles in the store: who has the team's key, who gets it in two steps, and what happens when somebody loses it."""

from __future__ import annotations

import pyotp
import pytest

from bot.domain.model import CaseChange, Handoff, Urgency
from bot.storage.database.errors import Forbidden, InviteRefused, LogInFailed, NameTaken, NotFound, WeakPassword
from bot.storage.people.caseworkers import DeskSession
from bot.storage.store import Store
from tests.support.databases import Clock
from tests.support.desk import PASSWORD, Colleague, join, set_up


async def case_of(store: Store) -> int:
    new = await store.create_conversation("nl")
    await store.accept(new.person, "m1", "help", case=CaseChange(Urgency.EMERGENCY))
    return (await store.queue())[-1].id


async def team(store: Store, clock: Clock) -> tuple[Colleague, Colleague, Colleague]:
    """A coordinator, a caseworker, an administrator."""
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    return els, jan, await join(store, clock, "Ada", els.session, "administrator")


async def test_an_administrator_has_no_key_and_takes_no_case(store: Store, clock: Clock) -> None:
    _, _, ada = await team(store, clock)
    case = await case_of(store)
    assert ada.session.key is None
    with pytest.raises(Forbidden):
        _ = ada.session.team
    with pytest.raises(Forbidden):
        await store.claim(case, ada.id)
    with pytest.raises(Forbidden):
        await store.claim_next(ada.id)
    assert [c.state for c in await store.queue()] == [Handoff.WAITING]
    assert [m.name for m in await store.team(b"k" * 32)] == ["Els", "Jan"], "nor is an administrator on call"


async def test_whom_an_administrator_invites_is_confirmed_by_a_coordinator(store: Store, clock: Clock) -> None:
    els, jan, ada = await team(store, clock)
    totp = await set_up(store, clock, await store.invite("Bo", ada.session))
    with pytest.raises(LogInFailed):
        await store.log_in("Bo", PASSWORD, totp.at(clock()))
    (bo,) = [p for p in await store.caseworkers() if p.name == "Bo"]
    assert (bo.active, bo.pending) == (False, True)
    for by in (ada, jan):
        with pytest.raises(Forbidden):
            await store.confirm(bo.id, by.session)
    with pytest.raises(Forbidden):
        await store.set_active(bo.id, True, ada.session)  # no way around it
    await store.confirm(bo.id, els.session)
    clock.pass_by(seconds=30)
    _, session = await store.log_in("Bo", PASSWORD, totp.at(clock()))
    await store.open_case(await case_of(store), session.team)
    with pytest.raises(NotFound):
        await store.confirm(bo.id, els.session)


async def test_another_administrator_needs_no_confirmation(store: Store, clock: Clock) -> None:
    _, _, ada = await team(store, clock)
    eve = await join(store, clock, "Eve", ada.session, "administrator")
    assert eve.session.key is None


async def test_only_coordinators_and_administrators_invite_and_change(store: Store, clock: Clock) -> None:
    els, jan, _ = await team(store, clock)
    for refused in (
        store.invite("Eve", jan.session),
        store.invite("Eve", els.session, "director"),
        store.set_role(els.id, "caseworker", jan.session),
        store.set_active(els.id, False, jan.session),
        store.set_role(els.id, "administrator", els.session),
    ):
        with pytest.raises(Forbidden):
            await refused


async def test_the_invited_choose_their_name_but_nobody_elses(store: Store, clock: Clock) -> None:
    els, jan, _ = await team(store, clock)
    await store.set_active(jan.id, False, els.session)
    els_again = await store.log_in("Els", PASSWORD, els.totp.at(clock()))
    link = await store.invite("new colleague", els_again[1])
    for taken in ("Els", "JAN"):  # one who is here, one who was
        with pytest.raises(NameTaken):
            await set_up(store, clock, link, taken)
    with pytest.raises(ValueError, match="name"):
        await set_up(store, clock, link, " ")
    totp = await set_up(store, clock, link, "Mia")
    clock.pass_by(seconds=30)
    _, session = await store.log_in("mia", PASSWORD, totp.at(clock()))
    assert session.name == "Mia"
    with pytest.raises(InviteRefused):
        await set_up(store, clock, link, "Another")


async def test_nobody_is_called_what_a_colleague_takes_for_another_name(store: Store, clock: Clock) -> None:
    els, *_ = await team(store, clock)
    for alike in ("Еls", "еLS", "EIs", "E1s"):  # a letter of another script, another letter, a digit
        with pytest.raises(NameTaken):
            await store.invite(alike, els.session)
    link = await store.invite("new colleague", els.session)
    for alike in ("Јan", "Jаn"):
        with pytest.raises(NameTaken):
            await set_up(store, clock, link, alike)
    await set_up(store, clock, link, "Елс")


async def test_who_becomes_an_administrator_loses_the_key_and_the_cases(store: Store, clock: Clock) -> None:
    els, jan, _ = await team(store, clock)
    case = await case_of(store)
    await store.claim(case, jan.id)
    old = jan.session.team
    await store.set_role(jan.id, "administrator", els.session)
    assert await store.desk_session(jan.cookie) is None
    found = await store.case(case)
    assert found is not None and found.state is Handoff.WAITING
    session = await store.desk_session(els.cookie)
    assert session is not None and session.team.public != old.public, "the key is another one"
    await store.open_case(case, session.team)
    with pytest.raises(Exception, match="not wrapped"):
        await store.open_case(case, old)


async def test_after_an_administrator_lets_somebody_go_the_next_log_in_renews_the_key(
    store: Store, clock: Clock
) -> None:
    els, jan, ada = await team(store, clock)
    case = await case_of(store)
    await store.set_active(jan.id, False, ada.session)
    assert await store.desk_session(jan.cookie) is None
    assert await store.renewal_due()
    clock.pass_by(seconds=30)
    _, again = await store.log_in("Ada", PASSWORD, ada.totp.at(clock()))
    assert again.key is None and await store.renewal_due()
    _, session = await store.log_in("Els", PASSWORD, els.totp.at(clock()))
    assert not await store.renewal_due()
    assert session.team.public != els.session.team.public
    await store.open_case(case, session.team)


async def test_who_stops_being_an_administrator_gets_the_key_from_a_coordinator(store: Store, clock: Clock) -> None:
    els, _, ada = await team(store, clock)
    eve = await join(store, clock, "Eve", ada.session, "administrator")
    await store.set_role(ada.id, "caseworker", els.session)
    session: DeskSession | None = await store.desk_session(ada.cookie)
    assert session is not None and session.team.public == els.session.team.public
    fay = await join(store, clock, "Fay", els.session, "administrator")
    await store.set_role(fay.id, "coordinator", eve.session)
    assert await store.desk_session(fay.cookie) is None, "waits for a coordinator"
    await store.confirm(fay.id, els.session)
    assert await store.desk_session(fay.cookie) is not None


async def test_the_last_coordinator_stays(store: Store, clock: Clock) -> None:
    els, jan, ada = await team(store, clock)
    for refused in (
        store.set_role(els.id, "caseworker", ada.session),
        store.set_role(els.id, "administrator", ada.session),
        store.set_active(els.id, False, ada.session),
    ):
        with pytest.raises(ValueError, match="last"):
            await refused
    await store.set_role(jan.id, "coordinator", ada.session)
    await store.set_role(els.id, "caseworker", ada.session)


async def test_who_never_had_the_key_makes_no_new_one_due(store: Store, clock: Clock) -> None:
    els, _, ada = await team(store, clock)
    await set_up(store, clock, await store.invite("Bo", ada.session))
    (bo,) = [person for person in await store.caseworkers() if person.pending]
    await store.set_active(bo.id, False, ada.session)
    await store.set_active(ada.id, False, els.session)
    assert not await store.renewal_due()
    session = await store.desk_session(els.cookie)
    assert session is not None and session.team.public == els.session.team.public
    with pytest.raises(NotFound):
        await store.confirm(bo.id, els.session)  # not after all


async def test_an_invitation_is_seen_and_taken_back(store: Store, clock: Clock) -> None:
    els, jan, ada = await team(store, clock)
    secret = await store.invite("Fatou", els.session)
    (waits,) = await store.open_invites(els.session.organisation)
    assert (waits.name, waits.role) == ("Fatou", "caseworker")
    assert waits.id not in secret and await store.invite_info(waits.id) is None, "what is shown opens nothing"
    with pytest.raises(Forbidden):
        await store.take_back_invite(waits.id, jan.session)
    with pytest.raises(NotFound):
        await store.take_back_invite("0" * 16, els.session)
    await store.take_back_invite(waits.id, ada.session)
    assert await store.open_invites(els.session.organisation) == []
    with pytest.raises(InviteRefused):
        await set_up(store, clock, secret)
    with pytest.raises(NotFound):
        await store.take_back_invite(waits.id, els.session)
    newest = next(iter(await store.audit()))
    assert (newest.deed, newest.actor, newest.detail) == ("taken_back", ada.id, "caseworker")


async def test_an_invitation_that_is_over_or_of_others_is_not_shown(store: Store, clock: Clock) -> None:
    els, _, _ = await team(store, clock)
    other = await store.add_organisation("Elsewhere")
    await store.invite("Fatou", els.session, organisation=other)
    assert await store.open_invites(els.session.organisation) == []
    (theirs,) = await store.open_invites(other)
    with pytest.raises(NotFound):
        await store.take_back_invite(theirs.id, els.session)
    clock.pass_by(hours=49)
    assert await store.open_invites(other) == []


async def test_a_password_that_many_would_try_opens_nothing(store: Store, clock: Clock) -> None:
    els, _, _ = await team(store, clock)
    secret = await store.invite("Fatou", els.session)
    totp = pyotp.TOTP(pyotp.random_base32())
    with pytest.raises(WeakPassword):
        await store.accept_invite(secret, "fatou2026fatou", totp.secret, totp.at(clock()))
    assert await store.invite_info(secret) is not None, "the link is not used up"
    await store.accept_invite(secret, PASSWORD, totp.secret, totp.at(clock()))
