"""Up and down through every revision with data in every table and column of it, on both databases: nothing is lost that
a migration does not mean to take, and what was sealed before opens after.

The list is the program's own: a new revision without a file in `tests/contract/storage/revisions` fails, and so does a
new column that no row in it fills (`tests/support/revisions.py` says how to make one).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from bot.domain.model import CaseChange, Handoff, Sender, Urgency
from bot.storage.cases.closed_keys import sealed_to_holder
from bot.storage.database import schema
from bot.storage.sealing import recovery_words
from bot.storage.sealing.envelopes import open_envelope
from bot.storage.store import PageAddress, Store
from bot.storage.tables.keys import closed_wraps
from bot.telegram.delivery_key import DeliveryKey
from tests.support import revisions as old
from tests.support.databases import Clock

pytestmark = pytest.mark.night

REVISIONS = old.revisions()
SECRETS: dict[str, Any] = json.loads((old.HERE / "secrets.json").read_text(encoding="utf-8"))
"""What opens the rows. Nobody's: they were made for this."""

MEANT = {
    ("0003", "up"): {"cases", "outbox"},  # who owns a case is taken to have spoken; pages are no outbox any more
    ("0003", "down"): {"outbox"},  # the program of before knows no other kind than "page"
    ("0020", "down"): {"messages"},  # the program of before could not open what was held, nor anything beside it
}
"""Where a migration changes rows on purpose; other tests look at what it makes of them."""


def steps(first: str, last: str) -> list[str]:
    """The revisions after `first` up to `last`, or from the one before `first` down to `last`."""
    every = ["base", *REVISIONS]
    start, end = every.index(first), every.index(last)
    return every[start + 1 : end + 1] if start < end else every[end:start][::-1]


async def opens(url: str, had: set[str]) -> None:
    """Everything that is sealed in the tables `had`, through the store's own doors."""
    clock = Clock(datetime.fromisoformat(SECRETS["now"]))
    store = await Store.open(url, clock=clock)
    await store.vouch_for_all()  # as a gateway does at its first start with a database of before
    session = await store.desk_session(SECRETS["cookie"])
    assert session is not None, "who was logged in is it still"
    if "closed_wraps" in had:
        assert session.own is not None
        async with store._db.read() as connection:
            row = (await connection.execute(select(closed_wraps))).one()
        private = open_envelope(session.own, row.envelope, sealed_to_holder(row.conversation, session.caseworker))
        closed = await store.open_by_token(SECRETS["tokens"]["third words"])
        assert closed is not None and closed.keys.private == private
    for said, token in SECRETS["tokens"].items():
        person = await store.open_by_token(token)
        assert person is not None, said
        texts = [message.text for message in await store.messages(person)]
        assert texts[:2] == [said, f"answer to {said}"]
        assert await store.find_choice(person, (await store.messages(person))[1].choices[0].token) is not None
        assert (await store.sheet(person)).words == ({"report.what": f"sheet of {said}"} if "sheets" in had else {})
        again = await store.open_by_return_code(SECRETS["codes"][said], token=token)
        assert again is not None and again.person.keys == person.keys
    assert await store.open_by_token(SECRETS["gone_token"]) is None
    assert await store.tombstones() == [len(SECRETS["tokens"]) + 1]
    queue = {case.state: case for case in await store.queue()}
    assert set(queue) == {Handoff.WAITING, Handoff.OWNED}
    for case in queue.values():
        read = await store.open_case(case.id, session.team)
        assert (await store.messages(read))[0].sender is Sender.PERSON
        assert await store.case_why(case.id, read.keys) == ("a door was locked",)
    assert {one.name for one in await store.organisations()} == {"Inloop"}, "what was there is of the first one"
    assert {case.organisation for case in queue.values()} | {session.organisation} == {1}
    if "case_summaries" in had:
        waits, owned = queue[Handoff.WAITING], queue[Handoff.OWNED]
        read = await store.open_case(waits.id, session.team)
        assert await store.summary(waits.id, read) == "waits at the station"
        due = [(d.kind, d.on.isoformat()) for d in await store.deadlines(waits.id, read)]
        assert due == [("reflection", "2026-12-18")]
        assert [link.number for link in await store.links(waits.id, read)] == [owned.number]
    _, fresh = await store.log_in("els", SECRETS["password"], pyotp.TOTP(SECRETS["totp"]).at(clock()))
    assert fresh.team == session.team
    if "passkeys" in had:
        (passkey,) = await store.passkeys(SECRETS["cookie"], session)
        assert passkey.name == "my phone"
        assert "computer" in {one.device for one in await store.own_sessions(session)}
        await store.log_in("els", SECRETS["password"], SECRETS["recovery_code"].lower())
        assert await store.recovery_codes_left(session) == 0
    invite = await store.invite_info(SECRETS["invite"])
    assert invite is not None and invite.name == "Noor"
    if "page_addresses" in had:
        addresses, closed = await store.page_addresses(bytes.fromhex(SECRETS["page_key"]))
        address = PageAddress(("json://127.0.0.1/",), ("els@example.org",))
        assert (addresses, closed) == ({session.caseworker: address}, 0)
    if "phones" in had:
        ((who, (phone,)),) = (await store.phones(bytes.fromhex(SECRETS["page_key"]))).items()
        assert (who, phone.endpoint) == (session.caseworker, "https://push.example.org/send/els")
    if "telegram_chats" in had:
        key = DeliveryKey(bytes.fromhex(SECRETS["delivery_key"]))
        (chat,) = await store.chats(key.lookup(SECRETS["chat"]))
        assert key.open_chat(chat.sealed, chat.lookup) == SECRETS["chat"]
        assert [key.message(mark) for mark in await store.noted(chat.id)] == [77]
    if "recovery_keys" in had:
        recovery = await store.check_recovery_key(recovery_words.read([SECRETS["recovery"]]))
        assert (recovery.id, recovery.current) == (1, True)
    if "own_replies" in had:
        assert session.own is not None
        [(_, reply)] = await store.own_replies(session.caseworker, session.own)
        assert (reply.title, reply.text) == ("Vandaag", "Ik ben er tot vanavond.")
    if "held_replies" in had:
        owned = queue[Handoff.OWNED]
        read = await store.open_case(owned.id, session.team)
        assert (await store.messages(read))[-1].text == "It was held."
        assert [reply.text for reply in await store.held(owned.id, read)] == ["It is held."]
    if "pictures" in had:
        first = await store.open_by_token(next(iter(SECRETS["tokens"].values())))
        assert first is not None and await store.picture(first, 1) == b"a picture"
    new = await store.create_conversation("nl")
    assert new.person.conversation > SECRETS["highest"], "no number is given a second time"
    await store.accept(new.person, "new", "new", case=CaseChange(Urgency.NONE, (), ("why",)))
    await store.close()


def test_every_revision_has_rows() -> None:
    there = {path.stem for path in old.HERE.glob("*.json")}
    assert there - {"secrets"} == set(REVISIONS), "see tests/support/revisions.py"


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_column_has_data(revision: str, empty: str) -> None:
    schema.upgrade(empty, revision)
    old.fill(empty, revision)
    assert old.without_data(empty) == []


@pytest.mark.parametrize("revision", REVISIONS)
async def test_up_from_every_revision(revision: str, empty: str) -> None:
    schema.upgrade(empty, revision)
    old.fill(empty, revision)
    before = old.contents(empty)
    for step in steps(revision, REVISIONS[-1]):
        schema.upgrade(empty, step)
        after = old.contents(empty)
        assert set(before) <= set(after)
        assert set(old.lost(before, after)) - MEANT.get((step, "up"), set()) == set(), step
        before = after
    await opens(empty, set(old.rows_at(revision)))


@pytest.mark.parametrize("revision", REVISIONS)
async def test_down_to_every_revision_and_up_again(revision: str, empty: str) -> None:
    schema.upgrade(empty)
    old.fill(empty, REVISIONS[-1])
    before = old.contents(empty)
    for step in steps(REVISIONS[-1], revision):
        undone = REVISIONS[REVISIONS.index(step) + 1]
        old.move_to(empty, step)
        after = old.contents(empty)
        assert set(after) == set(old.rows_at(step)), "exactly the tables of that revision"
        assert set(old.lost(before, after)) - MEANT.get((undone, "down"), set()) == set(), step
        before = after
    schema.upgrade(empty)
    await opens(empty, set(old.rows_at(revision)))


async def test_down_to_nothing_and_up_again(empty: str) -> None:
    schema.upgrade(empty)
    old.fill(empty, REVISIONS[-1])
    old.move_to(empty, "base")
    assert old.contents(empty) == {}
    schema.upgrade(empty)
    store = await Store.open(empty, clock=Clock())
    new = await store.create_conversation("nl")
    assert await store.open_by_token(new.token) is not None
    await store.close()
