"""One's own account: recovery codes, sessions, the password given again. On both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from bot.storage.database.errors import LogInFailed, NameTaken, NotFound, SlowDown
from bot.storage.people.recovery_codes import HOW_MANY, LETTERS, new_code, normalise_recovery
from bot.storage.store import Knock, Store
from tests.support.databases import Clock
from tests.support.desk import PASSWORD, Colleague, join


@pytest.fixture
async def els(store: Store, clock: Clock) -> Colleague:
    return await join(store, clock, "Els")


async def codes_of(store: Store, els: Colleague) -> list[str]:
    return await store.renew_recovery_codes(els.session)


async def deeds(store: Store) -> list[tuple[str, str]]:
    return [(row.deed, row.detail) for row in await store.audit()]


def test_a_code_is_read_as_people_write_it() -> None:
    code = new_code()
    assert len(code) == 19 and set(code) <= set(LETTERS) | {"-"}
    misread = code.replace("0", "o").replace("1", "l")
    for written in (code.lower(), code.replace("-", " "), code.replace("-", ""), misread):
        assert normalise_recovery(written) == code.replace("-", "")
    for none in ("", "123456", "123 456", code[:-1], code + "A", code[:-1] + "U", "é" * 16):
        assert normalise_recovery(none) == ""


async def test_who_joins_gets_ten_codes(store: Store, clock: Clock) -> None:
    secret = await store.invite_first("Els")
    assert secret is not None
    totp = pyotp.TOTP(pyotp.random_base32())
    joined = await store.accept_invite(secret, PASSWORD, totp.secret, totp.at(clock()))
    assert len(set(joined.codes)) == HOW_MANY and joined.ready
    _, session = await store.log_in("Els", PASSWORD, joined.codes[3])
    assert await store.recovery_codes_left(session) == HOW_MANY - 1
    assert joined.codes[3] not in repr(joined)


async def test_a_code_works_once_is_counted_and_is_in_the_log(store: Store, els: Colleague) -> None:
    code, *others = await codes_of(store, els)
    _, session = await store.log_in("els", PASSWORD, code.lower().replace("-", " "))
    assert session.caseworker == els.id
    assert await store.recovery_codes_left(session) == 9
    assert (await deeds(store))[:2] == [("recovered", "9"), ("codes", "")]
    with pytest.raises(LogInFailed):
        await store.log_in("Els", PASSWORD, code)
    await store.log_in("Els", PASSWORD, others[0])
    assert (await deeds(store))[0] == ("recovered", "8")
    assert (await store.audit_breaks())[1] == []


async def test_new_codes_end_the_old_ones(store: Store, els: Colleague) -> None:
    old, new = await codes_of(store, els), await codes_of(store, els)
    with pytest.raises(LogInFailed):
        await store.log_in("Els", PASSWORD, old[0])
    await store.log_in("Els", PASSWORD, new[0])


async def test_of_many_at_once_one_gets_in_with_a_code(store: Store, els: Colleague) -> None:
    code = (await codes_of(store, els))[0]
    tries = await asyncio.gather(*(store.log_in("Els", PASSWORD, code) for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in tries) == ["LogInFailed"] * 3 + ["tuple"]
    assert await store.recovery_codes_left(els.session) == 9


async def test_a_code_is_nothing_without_the_password_or_for_another(
    store: Store, clock: Clock, els: Colleague
) -> None:
    jan, code = await join(store, clock, "Jan", els.session), (await codes_of(store, els))[0]
    for name, password in (("Els", "another long sentence"), ("Jan", PASSWORD), ("Nobody", PASSWORD)):
        with pytest.raises(LogInFailed):
            await store.log_in(name, password, code)
    assert await store.recovery_codes_left(els.session) == 10
    assert jan.session.caseworker != els.id
    await store.log_in("Els", PASSWORD, code)


async def test_no_code_is_in_the_database(store: Store, els: Colleague) -> None:
    codes = await codes_of(store, els)
    async with store._db.read() as connection:
        rows = (await connection.execute(text("SELECT hash FROM recovery_codes"))).scalars().all()
    assert len(rows) == HOW_MANY
    for code in codes:
        assert not any(normalise_recovery(code).encode() in bytes(row) or code.encode() in bytes(row) for row in rows)


async def test_whoever_is_invited_anew_has_no_code_of_before(store: Store, clock: Clock, els: Colleague) -> None:
    jan = await join(store, clock, "Jan", els.session)
    old = await codes_of(store, jan)
    await store.set_active(jan.id, False, els.session)
    session = await store.desk_session(els.cookie)
    assert session is not None
    again = await join(store, clock, "Jan", session)
    assert again.id == jan.id
    with pytest.raises(LogInFailed):
        await store.log_in("Jan", PASSWORD, old[0])
    assert await store.recovery_codes_left(again.session) == 10


@pytest.mark.parametrize("again", [True, False])
async def test_guessing_codes_is_slowed_down_at_the_log_in_and_in_a_session(
    store: Store, clock: Clock, els: Colleague, again: bool
) -> None:
    async def enters(code: str) -> None:
        if again:
            await store.confirm_session(els.cookie, els.session, PASSWORD, code)
        else:
            await store.log_in("Els", PASSWORD, code)

    for _ in range(5):
        with pytest.raises(LogInFailed):
            await enters(new_code())
    code = (await codes_of(store, els))[0]
    for tried in (new_code(), code):  # not even the right one, for a moment
        with pytest.raises(SlowDown):
            await enters(tried)
    clock.pass_by(seconds=61)
    await enters(code)


async def test_sessions_are_listed_and_end_one_by_one_or_all_others(
    store: Store, clock: Clock, els: Colleague
) -> None:
    jan = await join(store, clock, "Jan", els.session)
    code = await codes_of(store, els)
    clock.pass_by(minutes=2)
    phone, held = await store.log_in("Els", PASSWORD, code[0], Knock("phone"))
    tablet, _ = await store.log_in("Els", PASSWORD, code[1], Knock("tablet"))
    listed = await store.own_sessions(held)
    assert sorted(one.device for one in listed) == ["other", "phone", "tablet"]
    (mine,) = [one for one in listed if one.id == held.id]
    assert (mine.device, mine.begun_at) == ("phone", clock())
    with pytest.raises(NotFound):
        await store.end_session(jan.session, mine.id)  # nobody ends a colleague's
    with pytest.raises(NotFound):
        await store.end_session(held, "0" * 16)
    (other,) = [one for one in listed if one.device == "tablet"]
    await store.end_session(held, other.id)
    assert await store.desk_session(tablet) is None
    assert await store.desk_session(els.cookie) is not None
    assert await store.end_other_sessions(phone, held) == 1
    assert await store.desk_session(els.cookie) is None
    assert await store.desk_session(phone) is not None
    assert await store.desk_session(jan.cookie) is not None
    clock.pass_by(minutes=31)
    assert await store.own_sessions(held) == [], "what is over is in no list"


async def test_nothing_of_a_browser_but_the_kind_of_device_is_kept(store: Store, els: Colleague) -> None:
    async with store._db.read() as connection:
        row = (await connection.execute(text("SELECT * FROM desk_sessions"))).mappings().one()
    assert set(row) == {"lookup", "caseworker", "wrapped", "created_at", "seen_at", "confirmed_at", "device"}
    with pytest.raises(ValueError, match="not a valid Device"):
        await store.log_in("Els", PASSWORD, (await codes_of(store, els))[0], Knock("Mozilla/5.0 (Linux; Android 14)"))


async def test_a_passkey_is_entered_once_and_a_challenge_used_once(
    store: Store, clock: Clock, els: Colleague
) -> None:
    ends = clock() + timedelta(minutes=3)
    assert await asyncio.gather(*(store.take_challenge(b"x" * 56, ends) for _ in range(3))) in (
        [True, False, False], [False, True, False], [False, False, True]
    )  # fmt: skip
    for number in range(10):
        await store.add_passkey(els.cookie, els.session, f"id{number}", b"public", 0, f"phone {number}")
        with pytest.raises(NameTaken):
            await store.add_passkey(els.cookie, els.session, "id0", b"public", 0, "again")
    with pytest.raises(NameTaken):
        await store.add_passkey(els.cookie, els.session, "id10", b"public", 0, "one too many")
    listed = await store.passkeys(els.cookie, els.session)
    assert {one.name for one in listed} == {f"phone {number}" for number in range(10)}
    async with store._db.read() as connection:
        rows = (await connection.execute(text("SELECT wrapped FROM passkeys"))).scalars().all()
    assert not any(b"phone" in bytes(row) or b"public" in bytes(row) for row in rows)
    with pytest.raises(NotFound):
        await store.remove_passkey(els.session, "0" * 16)
    await store.remove_passkey(els.session, listed[0].id)
    assert len(await store.passkeys(els.cookie, els.session)) == 9


async def test_a_password_counts_as_just_given_for_five_minutes(store: Store, clock: Clock, els: Colleague) -> None:
    async def fresh() -> bool:
        session = await store.desk_session(els.cookie)
        assert session is not None
        return session.fresh

    assert els.session.fresh
    clock.pass_by(minutes=4, seconds=59)
    assert await fresh()
    clock.pass_by(seconds=1)
    assert not await fresh()
    code = els.totp.at(clock())
    for password, second in (("another long sentence", code), (PASSWORD, "000000")):
        with pytest.raises(LogInFailed):
            await store.confirm_session(els.cookie, els.session, password, second)
    assert not await fresh()
    await store.confirm_session(els.cookie, els.session, PASSWORD, code)
    assert await fresh()
    with pytest.raises(LogInFailed):
        await store.confirm_session(els.cookie, els.session, PASSWORD, code)  # a code is good once
    clock.pass_by(minutes=5)
    assert not await fresh()


async def test_a_session_that_has_ended_is_not_brought_back_by_the_password(
    store: Store, clock: Clock, els: Colleague
) -> None:
    clock.pass_by(seconds=60)
    await store.log_out(els.cookie)
    with pytest.raises(LogInFailed):
        await store.confirm_session(els.cookie, els.session, PASSWORD, els.totp.at(clock()))
    assert await store.desk_session(els.cookie) is None
