"""From hand to hand: an offer changes nothing until the colleague accepts; to the bot; a closed case taken up again;
and whose turn it is for whom."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.handoff import IllegalMove
from bot.domain.model import Case, CaseChange, Handoff, Outgoing, Sender, Urgency
from bot.storage.database.errors import AlreadyClaimed, Full, Gone, NotFound, NotOffered, NotOwner, TransferRefused
from bot.storage.database.part import Person
from bot.storage.store import Skills, Store
from tests.contract.storage.test_cases import ASK, EMERGENCY, HELLO, URGENT, asked
from tests.support.databases import Clock

OFFLINE = timedelta(minutes=5)


async def owned(store: Store, by: int, change: CaseChange = ASK) -> tuple[Person, Case]:
    person, case = await asked(store, change)
    return person, await store.claim(case.id, by)


async def test_the_owner_stays_the_owner_until_the_colleague_accepts(
    store: Store, clock: Clock, people: list[int]
) -> None:
    person, case = await owned(store, 1, EMERGENCY)
    await store.at_desk(2)
    offered = await store.offer(case.id, 1, 2, OFFLINE, 4)
    assert (offered.owner, offered.state, offered.offered_to, offered.offered_to_name) == (1, Handoff.OWNED, 2, "Els 2")
    with pytest.raises(AlreadyClaimed):
        await store.claim(case.id, 2)
    with pytest.raises(NotOffered):
        await store.accept_offer(case.id, 3)
    words = Outgoing(Sender.CASEWORKER, "I am still here.")
    await store.say(person, "w1", words, only_if_owner=1)
    clock.pass_by(seconds=20)
    taken = await store.accept_offer(case.id, 2)
    assert (taken.owner, taken.offered_to, taken.state) == (2, None, Handoff.OWNED)
    with pytest.raises(NotOwner):
        await store.say(person, "w2", words, only_if_owner=1)
    [watched] = await store.owned()
    assert (watched.claimed_at, watched.spoke_at) == (clock(), None), "the new owner owes a word from now"
    with pytest.raises(NotOffered):
        await store.accept_offer(case.id, 2)


async def test_a_colleague_who_is_away_or_full_is_refused_with_the_reason(
    store: Store, clock: Clock, people: list[int]
) -> None:
    _, case = await owned(store, 1)
    with pytest.raises(TransferRefused) as refused:
        await store.offer(case.id, 1, 2, OFFLINE, 4)
    assert refused.value.reason == "offline"
    await store.at_desk(2)
    await store.set_skills(2, ["fr"], 2)
    await owned(store, 2)
    _, other = await owned(store, 3)
    await store.offer(other.id, 3, 2, OFFLINE, 4)
    with pytest.raises(TransferRefused) as refused:
        await store.offer(case.id, 1, 2, OFFLINE, 4)
    assert refused.value.reason == "full", "what is offered counts as well"
    [two, three] = await store.colleagues(1, OFFLINE, 4)
    assert (two.refusal, two.busy, two.capacity, two.languages) == ("full", 2, 2, ("fr",))
    assert (three.refusal, three.capacity) == ("offline", 4)
    await store.drop_offer(other.id, 2)
    clock.pass_by(minutes=5)
    assert (await store.colleagues(1, OFFLINE, 4))[0].refusal == "offline"
    with pytest.raises(NotFound):
        await store.offer(case.id, 1, 1, OFFLINE, 4)
    with pytest.raises(NotOwner):
        await store.offer(case.id, 3, 2, OFFLINE, 4)
    assert (await store.case(case.id)).owner == 1


async def test_two_who_decide_in_the_same_moment_leave_one_owner(store: Store, people: list[int]) -> None:
    for _ in range(10):
        _, case = await owned(store, 1, EMERGENCY)
        await store.at_desk(2)
        await store.offer(case.id, 1, 2, OFFLINE, 50)
        done = await asyncio.gather(
            store.accept_offer(case.id, 2), store.release(case.id, 1), return_exceptions=True
        )  # fmt: skip
        assert sum(isinstance(one, Case) for one in done) == 1, done
        now = await store.case(case.id)
        assert now is not None and now.offered_to is None
        assert (now.state, now.owner) in ((Handoff.OWNED, 2), (Handoff.WAITING, None))
        if now.owner is None:
            await store.claim(case.id, 3)
            await store.close_case(case.id, 3, "helped")


async def test_an_offer_ends_with_the_case_and_with_the_colleague(store: Store, people: list[int]) -> None:
    for end in (store.release, store.return_to_bot):
        _, case = await owned(store, 1)
        await store.at_desk(2)
        await store.offer(case.id, 1, 2, OFFLINE, 4)
        await end(case.id, 1)
        assert (await store.case(case.id)).offered_to is None
        with pytest.raises(NotOffered):
            await store.accept_offer(case.id, 2)
    person, case = await owned(store, 1)
    await store.offer(case.id, 1, 2, OFFLINE, 4)
    await store.delete_conversation(person.conversation)
    with pytest.raises(NotOffered):
        await store.accept_offer(case.id, 2)


async def test_back_to_the_bot_and_the_bot_speaks_again(store: Store, people: list[int]) -> None:
    person, case = await owned(store, 1, EMERGENCY)
    assert (await store.accept(person, "c1", "hello", replies=[HELLO])).answered, "silent while somebody owns it"
    await store.return_to_bot(case.id, 1)
    after = await store.accept(person, "c2", "hello")
    assert (after.state, after.answered) == (Handoff.BOT, False)
    assert await store.answer(person, after.seq, [HELLO])
    assert await store.queue() == [] and await store.ladders() == []
    again = await store.accept(person, "c3", "a person please", case=URGENT)
    assert again.state is Handoff.WAITING
    [new] = await store.queue()
    assert new.id != case.id


async def test_a_closed_case_is_taken_up_again(store: Store, people: list[int]) -> None:
    person, case = await owned(store, 1, URGENT)
    with pytest.raises(AlreadyClaimed):
        await store.reopen(case.id, 2)
    await store.close_case(case.id, 1, "helped")
    assert [(c.id, c.outcome) for c in await store.closed_cases()] == [(case.id, "helped")]
    again = await store.reopen(case.id, 2)
    assert (again.state, again.owner, again.urgency, again.outcome) == (Handoff.OWNED, 2, Urgency.URGENT, None)
    assert await store.closed_cases() == []
    assert (await store.accept(person, "c1", "hello", replies=[HELLO])).state is Handoff.OWNED
    await store.close_case(case.id, 2, "asked")
    await store.accept(person, "c2", "and now", case=ASK)
    with pytest.raises(IllegalMove):
        await store.reopen(case.id, 2)
    await store.delete_conversation(person.conversation)
    with pytest.raises(Gone):
        await store.reopen(case.id, 2)
    assert await store.closed_cases() == []


async def test_two_who_reopen_in_the_same_moment(store: Store, people: list[int]) -> None:
    _, case = await owned(store, 1)
    await store.close_case(case.id, 1, "helped")
    done = await asyncio.gather(*(store.reopen(case.id, who) for who in (1, 2, 3)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["AlreadyClaimed", "AlreadyClaimed", "Case"]


async def test_languages_choose_among_those_who_have_waited_as_long(
    store: Store, clock: Clock, people: list[int]
) -> None:
    _, dutch = await asked(store, ASK, "nl")
    clock.pass_by(minutes=9)
    _, romanian = await asked(store, ASK, "ro")
    clock.pass_by(minutes=2)
    _, later = await asked(store, ASK, "ro")
    able = Skills(("fr", "ro"), 9)
    assert (await store.claim_next(1, None, able)).id == romanian.id
    assert (await store.claim_next(1, None, able)).id == dutch.id, "eleven minutes are not as long"
    assert (await store.claim_next(1, None, able)).id == later.id


async def test_languages_hold_no_danger_back(store: Store, clock: Clock, people: list[int]) -> None:
    _, first = await asked(store, EMERGENCY, "nl")
    clock.pass_by(seconds=1)
    _, second = await asked(store, EMERGENCY, "ro")
    _, urgent = await asked(store, URGENT, "nl")
    _, calm = await asked(store, ASK, "ro")
    able = Skills(("ro",), 9)
    order = [(await store.claim_next(1, None, able)).id for _ in range(4)]
    assert order == [first.id, second.id, urgent.id, calm.id]


async def test_who_has_enough_cases_still_gets_somebody_in_danger(store: Store, people: list[int]) -> None:
    able = Skills((), 1)
    await asked(store, ASK)
    assert await store.claim_next(1, None, able) is not None
    assert await store.claim_next(1, None, able) is None
    _, calm = await asked(store, ASK)
    with pytest.raises(Full):
        await store.claim_next(1, None, able)
    _, danger = await asked(store, EMERGENCY)
    assert (await store.claim_next(1, None, able)).id == danger.id
    assert (await store.claim(calm.id, 1)).owner == 1, "whoever names a case takes it"


async def test_what_a_caseworker_can_do(store: Store, people: list[int]) -> None:
    assert await store.skills(1, 4) == Skills((), 4)
    await store.set_skills(1, ["ro", "fr", "ro"], None)
    assert await store.skills(1, 5) == Skills(("fr", "ro"), 5)
    await store.set_skills(1, None, 2)
    assert await store.skills(1, 5) == Skills(("fr", "ro"), 2)
    with pytest.raises(NotFound):
        await store.set_skills(9, ["fr"], 2)
    for wrong in (0, 51):
        with pytest.raises(ValueError, match="at once"):
            await store.set_skills(1, ["fr"], wrong)
