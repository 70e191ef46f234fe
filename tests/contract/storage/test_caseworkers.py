"""Invitations, log-ins and the team key: who may read, from when, and until when."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import update

from bot.domain.model import CaseChange, Handoff, Urgency
from bot.storage.conversations.conversations import NewConversation
from bot.storage.database.errors import InviteRefused, LogInFailed, NameTaken, NotFound, NotReadable, SlowDown
from bot.storage.people.caseworkers import DeskSession, Joined
from bot.storage.sealing.envelopes import new_key_pair
from bot.storage.store import Store
from bot.storage.tables.conversations import team_keys
from tests.support.databases import Clock
from tests.support.desk import PASSWORD, Colleague, join

BASE32 = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ASK = CaseChange(Urgency.URGENT, why=("pattern:threat.2",))


async def asking(store: Store) -> tuple[NewConversation, int]:
    """A conversation with a waiting case, and the case's id."""
    new = await store.create_conversation("nl")
    await store.accept(new.person, "c1", "help", case=ASK)
    case = await store.case_of(new.person.conversation)
    assert case is not None
    return new, case.id


async def reads(store: Store, case_id: int, session: DeskSession) -> list[str]:
    person = await store.open_case(case_id, session.team)
    assert await store.case_why(case_id, person.keys) == ("pattern:threat.2",)
    return [m.text for m in await store.messages(person)]


async def fresh(store: Store, colleague: Colleague) -> DeskSession:
    session = await store.desk_session(colleague.cookie)
    assert session is not None
    return session


async def test_the_first_caseworker_comes_in_by_a_link_and_reads(store: Store, clock: Clock) -> None:
    secret = await store.invite_first("Els  Peeters ")
    assert secret is not None
    info = await store.invite_info(secret)
    assert info is not None
    assert (info.name, info.role) == ("Els Peeters", "coordinator")
    _, case_id = await asking(store)
    totp = pyotp.TOTP(pyotp.random_base32())
    await store.accept_invite(secret, PASSWORD, totp.secret, totp.at(clock()))
    assert await store.invite_info(secret) is None
    assert await store.invite_first("somebody else") is None
    clock.pass_by(seconds=30)
    _, session = await store.log_in("els PEETERS", PASSWORD, totp.at(clock()))
    assert (session.name, session.role, session.language) == ("Els Peeters", "coordinator", None)
    assert await reads(store, case_id, session) == ["help"]
    await store.set_caseworker_language(session.caseworker, "nl")
    (listed,) = await store.caseworkers()
    assert (listed.name, listed.language, listed.active) == ("Els Peeters", "nl", True)


async def test_an_invitation_works_once_even_at_the_same_time(store: Store, clock: Clock) -> None:
    secret = await store.invite_first("Els")
    assert secret is not None
    totp = pyotp.TOTP(pyotp.random_base32())
    code = totp.at(clock())
    tries = [store.accept_invite(secret, PASSWORD, totp.secret, code) for _ in range(4)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    joined = [r for r in results if isinstance(r, Joined)]
    assert [r.ready for r in joined] == [True]
    assert sum(isinstance(r, InviteRefused) for r in results) == len(tries) - 1
    assert len(await store.caseworkers()) == 1


async def test_an_invitation_ends_after_two_days(store: Store, clock: Clock) -> None:
    secret = await store.invite_first("Els")
    assert secret is not None
    clock.pass_by(hours=48)
    assert await store.invite_info(secret) is None
    totp = pyotp.TOTP(pyotp.random_base32())
    with pytest.raises(InviteRefused):
        await store.accept_invite(secret, PASSWORD, totp.secret, totp.at(clock()))


@pytest.mark.parametrize(
    ("password", "totp_secret", "code"),
    [
        (PASSWORD, BASE32, "000000x"),
        (PASSWORD, BASE32, ""),
        (PASSWORD, "not base 32!", "123456"),
        ("short", BASE32, "now"),
    ],
)
async def test_a_refused_invitation_stays_open(
    store: Store, clock: Clock, password: str, totp_secret: str, code: str
) -> None:
    secret = await store.invite_first("Els")
    assert secret is not None
    code = pyotp.TOTP(totp_secret).at(clock()) if code == "now" else code
    with pytest.raises(InviteRefused):
        await store.accept_invite(secret, password, totp_secret, code)
    with pytest.raises(InviteRefused):
        await store.accept_invite("unknown", password, totp_secret, code)
    assert await store.invite_info(secret) is not None
    assert await store.caseworkers() == []


async def test_a_renewed_first_invitation_makes_the_old_one_worthless(store: Store, clock: Clock) -> None:
    old = await store.invite_first("Els")
    assert old is not None
    before, case_id = await asking(store)
    els = await join(store, clock, "Els")
    assert await store.invite_info(old) is None
    with pytest.raises(NotReadable):
        await store.open_case(case_id, els.session.team)
    await store.create_conversation(None)
    person = await store.open_by_token(before.token)
    assert person is not None
    assert await reads(store, case_id, els.session) == ["help"]


async def test_a_person_still_open_is_wrapped_again_when_a_case_is_raised(store: Store, clock: Clock) -> None:
    assert await store.invite_first("Els")
    new = await store.create_conversation("nl")
    els = await join(store, clock, "Els")
    await store.accept(new.person, "c1", "help", case=ASK)
    case = await store.case_of(new.person.conversation)
    assert case is not None
    assert await reads(store, case.id, els.session) == ["help"]


async def test_a_colleague_is_invited_and_reads_what_was_there_before(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    _, case_id = await asking(store)
    jan = await join(store, clock, "Jan", els.session)
    assert jan.session.role == "caseworker"
    assert await reads(store, case_id, jan.session) == ["help"]
    with pytest.raises(NameTaken):
        await store.invite(" JAN", els.session)
    for name in ("", " \0", "x" * 81):
        with pytest.raises(ValueError, match="80"):
            await store.invite(name, els.session)


async def test_who_leaves_is_out_at_once_and_cannot_read_what_comes(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    kim = await join(store, clock, "Kim", els.session)
    _, case_id = await asking(store)
    await store.claim(case_id, jan.id)
    link = await store.invite("Ana", els.session)
    await store.set_active(jan.id, False, els.session)
    assert await store.desk_session(jan.cookie) is None
    clock.pass_by(seconds=30)
    with pytest.raises(LogInFailed):
        await store.log_in("Jan", PASSWORD, jan.totp.at(clock()))
    case = await store.case(case_id)
    assert case is not None
    assert case.state is Handoff.WAITING
    with pytest.raises(NotReadable):  # with a copy of the old team key
        await store.open_case(case_id, jan.session.team)
    with pytest.raises(NotReadable):
        await store.invite("Eve", els.session)
    assert await store.invite_info(link) is None
    for colleague in (els, kim):  # the others go on working in the session they have
        session = await fresh(store, colleague)
        assert session.team != colleague.session.team
        assert await reads(store, case_id, session) == ["help"]
    assert {c.name: c.active for c in await store.caseworkers()} == {"Els": True, "Jan": False, "Kim": True}


async def test_a_colleague_comes_back(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    _, case_id = await asking(store)
    await store.set_active(jan.id, False, els.session)
    session = await fresh(store, els)
    await store.set_active(jan.id, True, session)
    clock.pass_by(seconds=30)
    _, back = await store.log_in("Jan", PASSWORD, jan.totp.at(clock()))
    assert await reads(store, case_id, back) == ["help"]
    await store.set_active(jan.id, False, session)
    again = await join(store, clock, "Jan", await fresh(store, els))  # with new keys: the phone was lost
    assert again.id == jan.id
    assert await reads(store, case_id, again.session) == ["help"]
    with pytest.raises(LogInFailed):
        await store.log_in("Jan", PASSWORD, jan.totp.at(clock()))


async def test_the_last_caseworker_cannot_leave(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    with pytest.raises(ValueError, match="last"):
        await store.set_active(els.id, False, els.session)
    with pytest.raises(NotFound):
        await store.set_active(99, False, els.session)
    with pytest.raises(NotFound):
        await store.set_active(99, True, els.session)
    assert await store.desk_session(els.cookie) is not None


async def test_every_wrong_log_in_looks_the_same(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    clock.pass_by(seconds=30)
    right = els.totp.at(clock())
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    messages = set()
    for name, password, code in (
        ("Els", "wrong password", right),
        ("Nobody", PASSWORD, right),
        ("Els", PASSWORD, wrong),
        ("Els", PASSWORD, "six"),
        ("\0\ud800", "\0\ud800", "\0\ud800"),
    ):
        with pytest.raises(LogInFailed) as failed:
            await store.log_in(name, password, code)
        messages.add(str(failed.value))
    assert len(messages) == 1
    assert await store.log_in("Els", PASSWORD, f" {right[:3]} {right[3:]}")


async def test_a_one_time_code_works_once(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    with pytest.raises(LogInFailed):  # the code of the log-in that `join` made
        await store.log_in("Els", PASSWORD, els.totp.at(clock()))
    clock.pass_by(seconds=30)
    tries = [store.log_in("Els", PASSWORD, els.totp.at(clock())) for _ in range(4)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(r, BaseException) for r in results) == 1
    clock.pass_by(seconds=60)
    await store.log_in("Els", PASSWORD, els.totp.at(clock() - timedelta(seconds=30)))


async def test_a_code_that_was_used_while_the_clock_was_ahead_shuts_nobody_out(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    clock.pass_by(days=120)
    code = els.totp.at(clock())
    await store.log_in("Els", PASSWORD, code)
    clock.pass_by(days=-120, minutes=1)
    used = els.totp.at(clock())
    await store.log_in("Els", PASSWORD, used)
    with pytest.raises(LogInFailed):
        await store.log_in("Els", PASSWORD, used)


@pytest.mark.parametrize("name", ["Els", "Nobody"])
async def test_whoever_guesses_is_slowed_down_by_name(store: Store, clock: Clock, name: str) -> None:
    els = await join(store, clock, "Els")
    for _ in range(5):
        with pytest.raises(LogInFailed):
            await store.log_in(name, "guess guess guess", "123456")
    with pytest.raises(SlowDown) as slow:
        await store.log_in(name, PASSWORD, els.totp.at(clock()))
    assert 1 <= slow.value.retry_after <= 2
    clock.pass_by(minutes=2)
    assert await store.log_in("Els", PASSWORD, els.totp.at(clock()))
    for _ in range(12):
        clock.pass_by(seconds=61)  # never longer than a minute
        with pytest.raises(LogInFailed):
            await store.log_in(name, "guess guess guess", "123456")
    clock.pass_by(hours=1)
    for _ in range(5):  # forgotten
        with pytest.raises(LogInFailed):
            await store.log_in(name, "guess guess guess", "123456")


async def test_a_session_ends_when_idle_and_after_a_day(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    clock.pass_by(minutes=29)
    session = await store.desk_session(els.cookie)
    assert session is not None
    assert els.session.fresh and not session.fresh, "the password was given half an hour ago"
    assert replace(session, fresh=True) == els.session
    clock.pass_by(minutes=29)
    assert await store.desk_session(els.cookie, touch=False)  # an open page alone keeps nobody logged in
    clock.pass_by(minutes=1)
    assert await store.desk_session(els.cookie) is None
    clock.pass_by(minutes=-10)
    assert await store.desk_session(els.cookie) is None  # it is gone, not only hidden
    clock.pass_by(minutes=10)
    cookie, _ = await store.log_in("Els", PASSWORD, els.totp.at(clock()))
    for _ in range(35):
        clock.pass_by(minutes=20)
        assert await store.desk_session(cookie)
    clock.pass_by(minutes=20)
    assert await store.desk_session(cookie) is None


async def test_logging_out_ends_one_session(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    clock.pass_by(seconds=30)
    other, session = await store.log_in("Els", PASSWORD, els.totp.at(clock()))
    assert session.csrf != els.session.csrf
    await store.log_out(els.cookie)
    await store.log_out("unknown")
    assert await store.desk_session(els.cookie) is None
    assert await store.desk_session(other) is not None
    assert await store.desk_session("unknown") is None


async def test_tidying_ends_what_is_over_and_nothing_else(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    link = await store.invite("Jan", els.session)
    await store.tidy()
    assert await store.desk_session(els.cookie)
    assert await store.invite_info(link)
    clock.pass_by(hours=48)
    await store.tidy()
    clock.pass_by(hours=-48)
    assert await store.desk_session(els.cookie) is None
    assert await store.invite_info(link) is None


async def test_an_exchanged_team_key_is_noticed(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    async with store._db.write() as connection:
        await connection.execute(update(team_keys).values(public=new_key_pair().public))
    with pytest.raises(NotReadable):
        await store.desk_session(els.cookie)
