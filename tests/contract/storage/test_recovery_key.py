"""The recovery key: the way back in when every password is lost, and no way in for anybody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.domain.audit import Deed
from bot.domain.model import CaseChange, Handoff, Urgency
from bot.storage.database.errors import Forbidden, InviteRefused, NotReadable, RecoveryRefused
from bot.storage.sealing import recovery_words
from bot.storage.sealing.envelopes import KeyPair, new_key_pair
from bot.storage.store import Store
from bot.storage.tables.conversations import caseworkers, team_wraps
from bot.storage.tables.keys import recovery_keys
from tests.support.databases import Clock
from tests.support.desk import PASSWORD, join, set_up

KEY = new_key_pair()


async def emergency(store: Store, text: str = "help") -> int:
    new = await store.create_conversation("nl")
    await store.accept(new.person, "m1", text, case=CaseChange(Urgency.EMERGENCY))
    case = await store.case_of(new.person.conversation)
    assert case is not None
    return case.id


async def read(store: Store, case: int, team: KeyPair) -> list[str]:
    return [message.text for message in await store.messages(await store.open_case(case, team))]


# -- the paper -----------------------------------------------------------------------------------------


@given(st.booleans(), st.booleans())
def test_what_is_printed_is_read_again(split: bool, upside_down: bool) -> None:
    pair = new_key_pair()
    lines = recovery_words.printed(pair, split=split)
    assert [len(line.split()) for line in lines] == [27] * (2 if split else 1)
    typed = [" ".join(word[:4].upper() for word in line.split()) for line in lines]
    assert recovery_words.read(typed[::-1] if upside_down else typed) == pair


def test_a_half_is_random_and_says_nothing_of_the_key() -> None:
    halves = [recovery_words.printed(KEY, split=True) for _ in range(50)]
    for place in (0, 1):
        parts = {recovery_words.part(pair[place])[1] for pair in halves}
        assert len(parts) == 50, "of the same key, every half is another"
        assert KEY.private not in parts
        # each bit is as often set as not: 12,800 of them, so seven standard deviations are 396
        ones = sum(bit == "1" for half in parts for bit in f"{int.from_bytes(half):0256b}")
        assert abs(ones - 6400) < 396
    for first, second in halves:
        assert recovery_words.read([first, second]) == KEY
        for alone in ([first], [second], [first, first], []):
            with pytest.raises(RecoveryRefused, match="two different halves"):
                recovery_words.read(alone)


@given(st.data())
def test_a_wrong_a_missing_and_an_exchanged_word_are_noticed(data: st.DataObject) -> None:
    words = recovery_words.printed(KEY, split=False)[0].split()
    place = data.draw(st.integers(0, 26))
    other = data.draw(st.sampled_from(["abandon", "zoo", "hello", "nothing-of-ours", ""]))
    assume(other[:4] != words[place][:4])  # four letters are enough, and "nothing" is in the list
    with pytest.raises(RecoveryRefused) as refused:
        recovery_words.read([" ".join([*words[:place], other, *words[place + 1 :]])])
    # "key" and "wrong" are words of the list too, so it is the whole message that must hold nothing of what was typed
    assert re.fullmatch(
        r"that is 26 words, and should be 27|word \d+ is in no recovery key"
        r"|the recovery key is not complete, or a word is wrong",
        str(refused.value),
    )


@given(st.text(max_size=400))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    with pytest.raises(RecoveryRefused):
        recovery_words.read([text])


# -- in the store --------------------------------------------------------------------------------------


@pytest.mark.parametrize("split", [False, True])
async def test_when_every_password_is_lost_a_new_coordinator_reads_it_all(
    store: Store, clock: Clock, split: bool
) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    waiting, owned = await emergency(store), await emergency(store, "second")
    await store.claim(owned, jan.id)
    number, lines = await store.make_recovery_key(els.session, split=split)
    assert len(lines) == (2 if split else 1)
    clock.pass_by(days=30)  # nobody knows a password any more, and every session is over
    assert await store.desk_session(els.cookie) is None
    key = recovery_words.read(lines)
    assert (await store.check_recovery_key(key)).id == number
    link = await store.recover(key, "Mia")
    invite = await store.invite_info(link)
    assert invite is not None and invite.role == "coordinator"
    later = await emergency(store, "between")
    totp = await set_up(store, clock, link)
    clock.pass_by(seconds=30)
    _, mia = await store.log_in("Mia", PASSWORD, totp.at(clock()))
    assert mia.role == "coordinator"
    assert [await read(store, case, mia.team) for case in (waiting, owned, later)] == [
        ["help"],
        ["second"],
        ["between"],
    ]
    assert await store.renewal_due() is False, "nobody's access was ended"
    made, used = (await _rows(store, Deed.RECOVERY_MADE)), (await _rows(store, Deed.RECOVERY_USED))
    assert [(row.actor, row.detail) for row in made] == [(els.id, "halves" if split else "whole")]
    assert [(row.actor, row.subject, row.detail) for row in used] == [(None, None, "coordinator")]
    assert (await store.audit_breaks())[1] == []
    state = await store.recovery_key()
    assert state is not None and state.used_at is not None and state.current
    with pytest.raises(InviteRefused):
        await set_up(store, clock, link)


async def test_who_lost_the_password_keeps_the_name_and_the_old_access_ends(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    case = await emergency(store)
    await store.claim(case, els.id)
    _, lines = await store.make_recovery_key(els.session, split=False)
    link = await store.recover(recovery_words.read(lines), " els ")
    assert await store.desk_session(els.cookie) is None
    found = await store.case(case)
    assert found is not None and found.state is Handoff.WAITING, "nobody could have answered"
    totp = await set_up(store, clock, link)
    clock.pass_by(seconds=30)
    cookie, again = await store.log_in("Els", PASSWORD, totp.at(clock()))
    assert again.caseworker == els.id
    assert again.team.public != els.session.team.public, "made anew: the old password may be in other hands"
    assert await read(store, case, again.team) == ["help"]
    with pytest.raises(NotReadable):
        await store.open_case(case, els.session.team)
    assert (await store.check_recovery_key(recovery_words.read(lines))).current
    assert await store.desk_session(cookie) is not None


async def test_who_comes_back_stays_in_their_organisation(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    house = await store.add_organisation("PAG-ASA")
    omar = await join(store, clock, "Omar", els.session, "coordinator", house)
    _, lines = await store.make_recovery_key(els.session, split=False)
    totp = await set_up(store, clock, await store.recover(recovery_words.read(lines), "Omar"))
    clock.pass_by(seconds=30)
    _, again = await store.log_in("Omar", PASSWORD, totp.at(clock()))
    assert (again.caseworker, again.organisation) == (omar.id, house)


async def test_a_new_team_key_is_sealed_to_it_without_the_paper(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    _, lines = await store.make_recovery_key(els.session, split=True)
    key = recovery_words.read(lines)
    await store.set_active(jan.id, False, els.session)
    session = await store.desk_session(els.cookie)
    assert session is not None and session.team.public != els.session.team.public
    assert await store.vouches(session)
    assert (await store.check_recovery_key(key)).current
    case = await emergency(store, "after")
    totp = await set_up(store, clock, await store.recover(key, "Mia"))
    clock.pass_by(seconds=30)
    _, mia = await store.log_in("Mia", PASSWORD, totp.at(clock()))
    assert await read(store, case, mia.team) == ["after"]


async def test_a_recovery_key_that_somebody_put_there_gets_no_team_key(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    _, lines = await store.make_recovery_key(els.session, split=False)
    thief = new_key_pair()
    async with store._db.write() as connection:
        await connection.execute(update(recovery_keys).values(public=thief.public))
    assert not await store.vouches(els.session)
    await store.rotate_team_key(els.session)
    state = await store.recovery_key()
    assert state is not None and not state.current, "the doctor says so"
    for key in (thief, recovery_words.read(lines)):
        with pytest.raises(RecoveryRefused):
            await store.recover(key, "Mia")


async def test_another_key_two_halves_of_two_keys_and_an_older_one_open_nothing(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    with pytest.raises(RecoveryRefused, match="no recovery key"):
        await store.recover(KEY, "Mia")
    _, old = await store.make_recovery_key(els.session, split=True)
    _, new = await store.make_recovery_key(els.session, split=True)
    for lines in (old, [old[0], new[1]], [new[0], old[1]]):
        with pytest.raises(RecoveryRefused, match="not the recovery key"):
            await store.recover(recovery_words.read(lines), "Mia")
    head = (await store.audit_breaks())[0]
    with pytest.raises(ValueError, match="name"):
        await store.recover(recovery_words.read(new), " ")
    assert (await store.audit_breaks())[0] == head
    assert (await store.recovery_key()).used_at is None  # type: ignore[union-attr]


async def test_a_changed_envelope_is_refused_in_words(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    _, lines = await store.make_recovery_key(els.session, split=False)
    async with store._db.write() as connection:
        sealed = (await connection.execute(select(recovery_keys.c.envelope))).scalar_one()
        await connection.execute(update(recovery_keys).values(envelope=sealed[:-1] + bytes([sealed[-1] ^ 1])))
    with pytest.raises(RecoveryRefused, match="was changed"):
        await store.check_recovery_key(recovery_words.read(lines))


async def test_only_a_coordinator_with_the_key_in_use_makes_one(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    ada = await join(store, clock, "Ada", els.session, "administrator")
    for who in (jan, ada):
        with pytest.raises(Forbidden):
            await store.make_recovery_key(who.session, split=False)
    await store.rotate_team_key(els.session)
    with pytest.raises(NotReadable):
        await store.make_recovery_key(els.session, split=False)
    assert await store.recovery_key() is None


async def test_an_exchanged_key_of_a_caseworker_is_noticed(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    async with store._db.write() as connection:
        await connection.execute(update(caseworkers).values(public=new_key_pair().public))
    with pytest.raises(NotReadable):
        await store.desk_session(els.cookie)
    async with store._db.read() as connection:
        assert (await connection.execute(select(team_wraps.c.caseworker))).scalars().all() == [els.id]


async def _rows(store: Store, deed: Deed) -> list:  # type: ignore[type-arg]
    return [row for row in await store.audit() if row.deed == deed]


async def test_the_link_of_a_recovery_ends_after_two_days(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    _, lines = await store.make_recovery_key(els.session, split=False)
    link = await store.recover(recovery_words.read(lines), "Mia")
    clock.pass_by(seconds=timedelta(hours=48).total_seconds())
    assert await store.invite_info(link) is None
