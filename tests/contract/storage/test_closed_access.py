"""`INLOOP_CASE_KEYS=open`: the team's key opens a conversation while a case of it is open, and at no other time; and
nobody ever waits whom the team cannot read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.domain.model import CaseChange, Handoff, Outgoing, Sender, Urgency
from bot.storage.conversations.conversations import NewConversation
from bot.storage.database.errors import NotReadable
from bot.storage.people.recovery_key import HOLDER
from bot.storage.sealing import recovery_words
from bot.storage.store import DeskSession, Store
from bot.storage.tables.conversations import conversation_wraps
from bot.storage.tables.keys import closed_wraps
from tests.support.databases import Clock
from tests.support.desk import PASSWORD, Colleague, join, set_up

ASK = CaseChange(Urgency.URGENT)
HELLO = Outgoing(Sender.BOT, "Hello.")


@pytest_asyncio.fixture
async def store(url: str, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.open(url, clock=clock, open_cases_only=True)
    yield opened
    await opened.close()


async def talk(store: Store, *, case: CaseChange | None = None) -> NewConversation:
    new = await store.create_conversation("nl")
    await store.accept(new.person, "m1", "help", case=case)
    return new


async def case_of(store: Store, new: NewConversation) -> int:
    case = await store.case_of(new.person.conversation)
    assert case is not None
    return case.id


async def wraps(store: Store, new: NewConversation) -> tuple[bool, set[int]]:
    """Whether the team's key opens it, and who else holds its key."""
    of, closed = conversation_wraps.c, closed_wraps.c
    team = select(of.kind).where(of.conversation == new.person.conversation, of.kind == "team")
    held = select(closed.holder).where(closed.conversation == new.person.conversation)
    async with store._db.read() as connection:
        there = (await connection.execute(team)).first() is not None
        return there, set((await connection.execute(held)).scalars())


async def end(store: Store, case: int, by: Colleague) -> None:
    """As the desk closes a case."""
    person = await store.open_case(case, by.session.team)
    await store.close_case(case, by.id, "helped", person=person, team=by.session.team)


async def again(store: Store, clock: Clock, who: Colleague) -> DeskSession:
    clock.pass_by(seconds=60)
    return (await store.log_in(who.name, PASSWORD, who.totp.at(clock())))[1]


async def test_a_talk_without_a_case_is_its_persons_alone(store: Store, clock: Clock) -> None:
    await join(store, clock, "Els")
    new = await talk(store)
    assert await wraps(store, new) == (False, set())
    assert await store.open_by_token(new.token) is not None
    assert await store.open_by_return_code(new.return_code) is not None
    await store.accept(new.person, "m2", "again")
    assert await wraps(store, new) == (False, set())


async def test_who_asks_or_is_in_danger_is_read_by_any_caseworker(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    by_message, by_answer, by_second_look = await talk(store, case=ASK), await talk(store), await talk(store)
    await store.answer(by_answer.person, 1, [HELLO], case=ASK)
    await store.raise_afterwards(by_second_look.person, 1, "second", ASK)
    for new in (by_message, by_answer, by_second_look):
        assert await wraps(store, new) == (True, set())
        person = await store.open_case(await case_of(store, new), jan.session.team)
        assert (await store.messages(person))[0].text == "help"


async def test_the_key_is_there_in_the_transaction_that_opens_the_case(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    els = await join(store, clock, "Els")
    new = await talk(store)

    async def killed(*_: object) -> None:
        raise ConnectionError  # the gateway ends right after the commit

    monkeypatch.setattr(store, "rewrap", killed)
    with pytest.raises(ConnectionError):
        await store.accept(new.person, "m2", "help", case=ASK)
    await store.open_case(await case_of(store, new), els.session.team)


async def test_what_is_closed_opens_for_coordinators_alone(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    new = await talk(store, case=ASK)
    case = await case_of(store, new)
    await store.claim(case, jan.id)
    await end(store, case, jan)
    assert await wraps(store, new) == (False, {els.id})
    assert await store.sealed_cases() == {case}
    with pytest.raises(NotReadable):
        await store.open_closed(case, jan.session)
    with pytest.raises(NotReadable):
        await store.open_case(case, jan.session.team)
    person = await store.open_closed(case, els.session)
    assert (await store.messages(person))[0].text == "help"
    assert await store.open_by_token(new.token) is not None, "to look at one's own talk gives nothing to the team"
    assert await wraps(store, new) == (False, {els.id})


async def test_who_comes_back_in_danger_is_read_by_the_team_again(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    new = await talk(store, case=ASK)
    await store.claim(await case_of(store, new), jan.id)
    await end(store, await case_of(store, new), jan)
    person = await store.open_by_token(new.token)
    assert person is not None
    await store.accept(person, "m2", "he is here", case=CaseChange(Urgency.EMERGENCY))
    assert await wraps(store, new) == (True, set())
    claimed = await store.claim_next(jan.id, jan.session.team)
    assert claimed is not None
    read = await store.messages(await store.open_case(claimed.id, jan.session.team))
    assert [m.text for m in read if m.sender is Sender.PERSON] == ["help", "he is here"]


async def test_a_coordinator_opens_it_again_and_hands_it_on(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    new = await talk(store, case=ASK)
    case = await case_of(store, new)
    await store.claim(case, jan.id)
    await end(store, case, jan)
    await store.reopen(case, els.id, await store.open_closed(case, els.session))
    assert await wraps(store, new) == (True, set())
    await store.open_case(case, jan.session.team)


async def test_what_goes_back_to_the_bot_or_is_withdrawn_is_closed_as_well(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    returned, withdrawn, never = await talk(store, case=ASK), await talk(store, case=ASK), await talk(store)
    case = await case_of(store, returned)
    await store.claim(case, els.id)
    person = await store.open_case(case, els.session.team)
    await store.return_to_bot(case, els.id, person=person, team=els.session.team)
    for new in (withdrawn, never):
        await store.answer(new.person, 1, [HELLO], cancel=True)
    assert await wraps(store, returned) == (False, {els.id})
    assert await wraps(store, withdrawn) == (False, {els.id})
    assert await wraps(store, never) == (False, set())


async def test_a_case_that_changes_hands_or_lapses_stays_readable(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    new = await talk(store, case=ASK)
    case = await case_of(store, new)
    await store.claim(case, jan.id)
    await store.put_back(case, jan.id)
    await store.settle(els.session)
    assert await wraps(store, new) == (True, set())
    await store.set_active(jan.id, False, els.session)
    session = await store.desk_session(els.cookie)
    assert session is not None
    await store.open_case(case, session.team)


async def test_a_case_that_goes_to_another_organisation_is_read_there_and_closed_there(
    store: Store, clock: Clock
) -> None:
    els = await join(store, clock, "Els")
    house = await store.add_organisation("PAG-ASA")
    omar = await join(store, clock, "Omar", els.session, "coordinator", house)
    new = await talk(store, case=ASK)
    case = await case_of(store, new)
    await store.claim(case, els.id)
    await store.set_summary(case, await store.open_case(case, els.session.team), els.id, "waits at the station")
    await store.hand_over(case, els.id, house)
    await store.settle(els.session)
    assert await wraps(store, new) == (True, set()), "it waits"
    await store.claim(case, omar.id)
    assert await store.summary(case, await store.open_case(case, omar.session.team)) == "waits at the station"
    await end(store, case, omar)
    assert await wraps(store, new) == (False, {els.id, omar.id})
    assert await store.summary(case, await store.open_closed(case, omar.session)) == "waits at the station"


async def test_a_case_is_linked_with_a_closed_one(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    ended, new = await talk(store, case=ASK), await talk(store, case=ASK)
    old, case = await case_of(store, ended), await case_of(store, new)
    await store.claim(old, els.id)
    await end(store, old, els)
    await store.claim(case, els.id)
    other = await store.case(old)
    assert other is not None
    mine, theirs = await store.open_case(case, els.session.team), await store.open_closed(old, els.session)
    await store.link(case, mine, els.id, other, theirs)
    assert [link.number for link in await store.links(case, mine)] == [other.number]
    assert len(await store.links(old, await store.open_closed(old, els.session))) == 1


async def test_coordinators_who_come_get_it_and_who_go_lose_it(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    new = await talk(store, case=ASK)
    case = await case_of(store, new)
    await store.claim(case, els.id)
    await end(store, case, els)
    mia = await join(store, clock, "Mia", els.session, "coordinator")
    with pytest.raises(NotReadable):
        await store.open_closed(case, mia.session)
    await again(store, clock, els)
    assert await wraps(store, new) == (False, {els.id, mia.id})
    await store.open_closed(case, mia.session)
    await store.set_role(mia.id, "caseworker", els.session)
    assert await wraps(store, new) == (False, {els.id})
    session = await store.desk_session(mia.cookie)
    assert session is not None
    with pytest.raises(NotReadable):
        await store.open_closed(case, session)


async def test_while_no_coordinator_is_there_what_ends_stays_the_teams(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    _, lines = await store.make_recovery_key(els.session, split=False)
    new = await talk(store, case=ASK)
    case = await case_of(store, new)
    await store.claim(case, jan.id)
    link = await store.recover(recovery_words.read(lines), "Els")  # until Els has a password again, there is none
    await end(store, case, jan)
    assert await wraps(store, new) == (True, set())
    totp = await set_up(store, clock, link)
    clock.pass_by(seconds=30)
    await store.log_in("Els", PASSWORD, totp.at(clock()))
    assert await wraps(store, new) == (False, {els.id, HOLDER})


async def test_the_only_wrap_of_who_goes_is_kept_until_another_coordinator_has_one(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    new = await talk(store, case=ASK)
    case = await case_of(store, new)
    await store.claim(case, els.id)
    await end(store, case, els)
    mia = await join(store, clock, "Mia", els.session, "coordinator")  # and Els has not logged in since
    await store.set_active(els.id, False, mia.session)
    assert await wraps(store, new) == (False, {els.id})
    session = await store.desk_session(mia.cookie)
    assert session is not None
    await store.set_active(els.id, True, session)
    await again(store, clock, els)
    assert await wraps(store, new) == (False, {els.id, mia.id})
    assert await store.desk_session(mia.cookie) is not None
    await store.set_active(els.id, False, session)
    assert await wraps(store, new) == (False, {mia.id})


async def test_the_recovery_key_opens_what_is_closed_when_no_coordinator_is_left(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    before, after = await talk(store, case=ASK), await talk(store, case=ASK)
    numbers = [await case_of(store, new) for new in (before, after)]
    await store.claim(numbers[0], els.id)
    await end(store, numbers[0], els)
    _, lines = await store.make_recovery_key(els.session, split=True)
    await store.settle(els.session)
    await store.claim(numbers[1], els.id)
    await end(store, numbers[1], els)
    assert [await wraps(store, new) for new in (before, after)] == [(False, {els.id, HOLDER})] * 2
    totp = await set_up(store, clock, await store.recover(recovery_words.read(lines), "Els"))
    clock.pass_by(seconds=30)
    cookie, _ = await store.log_in("Els", PASSWORD, totp.at(clock()))
    session = await store.desk_session(cookie)
    assert session is not None
    for new, case in zip((before, after), numbers, strict=True):
        assert (await store.messages(await store.open_closed(case, session)))[0].text == "help"
        assert await wraps(store, new) == (False, {els.id, HOLDER}), "closed again, to the new keys"


async def test_the_first_log_in_after_the_setting_was_changed_closes_what_was_open(url: str, clock: Clock) -> None:
    before = await Store.open(url, clock=clock)
    els = await join(before, clock, "Els")
    quiet, ended, waiting = await talk(before), await talk(before, case=ASK), await talk(before, case=ASK)
    case = await case_of(before, ended)
    await before.claim(case, els.id)
    await before.close_case(case, els.id, "helped")
    await before.close()
    store = await Store.open(url, clock=clock, open_cases_only=True)
    session = await again(store, clock, els)
    assert await wraps(store, quiet) == (False, set())
    assert await wraps(store, ended) == (False, {els.id})
    assert await wraps(store, waiting) == (True, set())
    await store.open_closed(case, session)
    await store.settle(session)
    assert await wraps(store, ended) == (False, {els.id}), "again is nothing new"
    await store.close()
    back = await Store.open(url, clock=clock)
    person = await back.open_by_token(ended.token)
    assert person is not None
    assert await wraps(back, ended) == (True, set()), "and the other way round, as people come back"
    await back.close()


async def test_whoever_asks_while_the_case_is_being_closed_is_read_by_the_team(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    for attempt in range(6):
        new = await talk(store, case=ASK)
        case = await case_of(store, new)
        await store.claim(case, els.id)
        ending = end(store, case, els)
        asking = store.accept(new.person, f"m2 {attempt}", "still here", case=CaseChange(Urgency.EMERGENCY))
        settling = store.settle(els.session)
        await asyncio.gather(*([ending, asking, settling] if attempt % 2 else [asking, settling, ending]))
        there = await store.case_of(new.person.conversation)
        assert (await wraps(store, new))[0] is (there is not None)
        if there is not None:
            assert there.state is Handoff.WAITING
            await store.open_case(there.id, els.session.team)


async def test_a_deletion_takes_every_key(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    new = await talk(store, case=ASK)
    case = await case_of(store, new)
    await store.claim(case, els.id)
    await end(store, case, els)
    await store.delete_conversation(new.person.conversation)
    await store.scrub()
    assert await wraps(store, new) == (False, set())
