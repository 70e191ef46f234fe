"""Who takes the disk learns nothing, and what was deleted is not in the files any more."""

from __future__ import annotations

import logging
import random
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text

from bot.domain.forms import Form, Sheet
from bot.domain.model import CaseChange, Choice, Outgoing, Sender, Urgency
from bot.storage.conversations.conversations import destroy
from bot.storage.database.errors import Gone, StorageError
from bot.storage.database.part import Person
from bot.storage.sealing.envelopes import KeyPair
from bot.storage.store import Plan, Store
from bot.storage.tables.conversations import conversation_wraps, messages
from tests.support.databases import Clock, PostgresServer
from tests.support.desk import PASSWORD, join

CANARY = "kanarie-in-de-mijn"


def files_of(url: str, server: PostgresServer | None) -> list[Path]:
    if server is None:
        path = Path(str(make_url(url).database))
        return sorted(path.parent.glob(path.name + "*"))
    if server.data is None:
        pytest.skip("the files of this server are not at hand")
    return [path for path in server.data.rglob("*") if path.is_file()]


def found(needles: list[bytes], files: list[Path]) -> set[bytes]:
    hits = set()
    for path in files:
        try:
            raw = path.read_bytes()
        except FileNotFoundError:  # the server writes files of its own anew: what is gone is not on the disk
            continue
        hits |= {needle for needle in needles if needle in raw}
    return hits


def server_of(url: str, request: pytest.FixtureRequest) -> PostgresServer | None:
    server: PostgresServer | None = request.getfixturevalue("postgres") if "postgresql" in url else None
    return server


async def test_nothing_that_was_written_is_in_the_files(
    store: Store, url: str, clock: Clock, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    els = await join(store, clock, "Els")
    new = await store.create_conversation("nl")
    offered = Choice("", f"{CANARY}-label", {"command": f"{CANARY}-action"})
    reply = Outgoing(Sender.BOT, f"{CANARY}-reply", (offered,), Urgency.URGENT, f"{CANARY}-key")
    change = CaseChange(Urgency.EMERGENCY, ("threat",), (f"{CANARY}-why",), page=True)
    await store.accept(new.person, f"{CANARY}-client", f"{CANARY}-text", choice={"v": f"{CANARY}-choice"})
    sheet = Sheet(Form("report", "where"), {"report.what": f"{CANARY}-told"}, {"report": {"what": "told"}})
    await store.answer(new.person, 1, [reply], case=change, sheet=sheet)
    (case,) = await store.queue()
    await store.claim(case.id, els.id)
    words = Outgoing(Sender.CASEWORKER, f"{CANARY}-words")
    await store.say(new.person, f"{CANARY}-say", words, only_if_owner=els.id)
    await store.add_note(case.id, new.person, els.id, f"{CANARY}-note-id", f"{CANARY}-note")
    plan = Plan(clock().date(), "09:00", "10:00", f"{CANARY}-how")
    await store.set_plan(case.id, new.person, els.id, plan)
    await store.open_by_return_code(new.return_code)
    if "postgresql" in url:
        async with store._db.read() as connection:
            await connection.execute(text("CHECKPOINT"))
    secrets = [CANARY, new.token, new.return_code, els.cookie, els.totp.secret, PASSWORD, els.session.csrf]
    needles = [s.encode() for s in secrets]
    needles += [new.person.keys.private, els.session.team.private]
    files = files_of(url, server_of(url, request))
    assert files
    assert found(needles, files) == set()
    assert found([case.number.encode()], files), "the search itself does not work"
    assert not any(secret in caplog.text for secret in secrets)


async def test_a_deletion_leaves_no_byte_in_the_sqlite_file(sqlite_file: str, clock: Clock) -> None:
    store = await Store.open(sqlite_file, clock=clock)
    await store.invite_first("Els")
    new, other = [await store.create_conversation("nl") for _ in range(2)]
    for i in range(20):
        for one in (new, other):
            await store.accept(one.person, f"{i}", "x" * 3000, case=CaseChange(Urgency.NONE, (), (f"{i}",)))
    mine = messages.c.conversation == new.person.conversation
    own = conversation_wraps.c.conversation == new.person.conversation
    async with store._db.read() as connection:
        sealed = list((await connection.execute(select(messages.c.envelope).where(mine))).scalars())
        sealed += (await connection.execute(select(conversation_wraps.c.wrapped).where(own))).scalars()
    needles = [raw[i : i + 24] for raw in sealed for i in (0, len(raw) // 2, len(raw) - 24)]
    files = files_of(sqlite_file, None)
    assert found(needles, files) == set(needles)
    await store.delete_conversation(new.person.conversation)
    assert found(needles, files_of(sqlite_file, None)) == set()
    assert len(await store.messages(other.person)) == 20
    await store.close()


async def test_nothing_is_left_of_rows_that_sqlite_has_moved(sqlite_file: str, clock: Clock) -> None:
    """Pages that are split and joined keep copies of rows that were on them: a layout that has some."""
    store = await Store.open(sqlite_file, clock=clock)
    await store.invite_first("Els")
    layout = random.Random(5)
    people, sealed = [], []
    for _ in range(60):
        people.append((await store.create_conversation("nl")).person)
        for _ in range(2):
            person, text_ = layout.choice(people), "x" * layout.randrange(2000)
            reply = Outgoing(Sender.BOT, "y" * layout.randrange(10, 1500))
            await store.accept(person, f"{layout.random()}", text_, replies=[reply])
    layout.shuffle(people)
    gone = [person.conversation for person in people[:40]]
    async with store._db.read() as connection:
        for column, of in ((messages.c.envelope, messages), (conversation_wraps.c.wrapped, conversation_wraps)):
            query = select(column).where(of.c.conversation.in_(gone))
            sealed += list((await connection.execute(query)).scalars())
    needles = {raw[i : i + 16] for raw in sealed for i in range(1, len(raw) - 16, 8)}

    def left() -> int:
        files = [path.read_bytes() for path in files_of(sqlite_file, None)]
        return sum(raw[i : i + 16] in needles for raw in files for i in range(len(raw) - 15))

    for conversation in gone:
        async with store._db.write() as connection:
            await destroy(store._db, connection, conversation, clock(), "person")
    async with store._db.read() as connection:
        await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert left() > 0, "this layout leaves nothing: another is needed"
    await store.scrub()
    assert left() == 0
    assert sum([len(await store.messages(person)) for person in people[40:]]) > 40
    await store.close()


async def test_keys_go_at_once_and_what_is_owed_is_told(sqlite_file: str, clock: Clock) -> None:
    store = await Store.open(sqlite_file, clock=clock)
    await store.invite_first("Els")
    one, other = [await store.create_conversation("nl") for _ in range(2)]
    own = conversation_wraps.c.conversation == one.person.conversation
    async with store._db.read() as connection:
        wraps = (await connection.execute(select(conversation_wraps.c.wrapped).where(own))).scalars()
        needles = [raw[8:40] for raw in wraps]
    assert found(needles, files_of(sqlite_file, None)) == set(needles)
    assert not store.left_over
    await store.delete_conversation(one.person.conversation)
    assert found(needles, files_of(sqlite_file, None)) == set()
    assert store.left_over, "bodies are for the upkeep"
    assert await store.open_by_token(other.token) is not None
    assert await store.open_by_return_code(other.return_code) is not None
    await store.scrub()
    assert not store.left_over
    assert await store.open_by_return_code(other.return_code) is not None
    await store.close()


async def test_scrubbing_takes_the_keys_out_of_the_tables_files(
    store: Store, url: str, request: pytest.FixtureRequest
) -> None:
    await store.invite_first("Els")
    new, other = [await store.create_conversation("nl") for _ in range(2)]
    own = conversation_wraps.c.conversation == new.person.conversation
    async with store._db.read() as connection:
        wraps = list((await connection.execute(select(conversation_wraps.c.wrapped).where(own))).scalars())
        if "postgresql" in url:
            await connection.execute(text("ANALYZE conversation_wraps"))  # as the server does by itself, now and then
            await connection.execute(text("CHECKPOINT"))
    needles = [raw[8:40] for raw in wraps]
    files = [path for path in files_of(url, server_of(url, request)) if "pg_wal" not in path.parts]
    assert found(needles, files) == set(needles)
    await store.delete_conversation(new.person.conversation)
    await store.scrub()
    if "postgresql" in url:
        async with store._db.read() as connection:
            await connection.execute(text("CHECKPOINT"))
    files = [path for path in files_of(url, server_of(url, request)) if "pg_wal" not in path.parts]
    assert found(needles, files) == set()
    assert await store.open_by_token(other.token) is not None


async def test_no_secret_is_in_a_repr(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    new = await store.create_conversation("nl")
    shown = f"{new!r} {new.person!r} {els.session!r} {new.person.keys!r}"
    for secret in (new.token, new.return_code, els.session.csrf, str(new.person.keys.private), "Els", "nl"):
        assert secret not in shown


async def test_no_text_is_in_an_error(store: Store, url: str) -> None:
    new = await store.create_conversation("nl")
    broken = Person(new.person.conversation, KeyPair(b"short", b"short"), None, new.person.state)
    errors: list[BaseException] = []
    with pytest.raises(StorageError) as caught:
        await store.accept(broken, CANARY, CANARY)
    errors.append(caught.value)
    async with store._db.write() as connection:
        await connection.execute(text("ALTER TABLE messages RENAME TO elsewhere"))
    with pytest.raises(Exception, match="messages") as failed:
        await store.accept(new.person, CANARY, CANARY, choice={"x": CANARY})
    errors.append(failed.value)
    async with store._db.write() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO messages"))
    await store.delete_conversation(new.person.conversation)
    with pytest.raises(Gone) as gone:
        await store.accept(new.person, CANARY, CANARY)
    errors.append(gone.value)
    for error in errors:
        at: BaseException | None = error
        while at is not None:
            assert CANARY not in f"{at} {at!r}"
            at = at.__cause__ or at.__context__


async def test_no_name_is_in_an_error(store: Store) -> None:
    """Names stand in the database as they are, so a statement that fails has one beside it."""
    async with store._db.write() as connection:
        await connection.execute(text("ALTER TABLE caseworkers RENAME TO elsewhere"))
    try:
        with pytest.raises(Exception, match="caseworkers") as failed:
            await store.log_in(CANARY, "a password", "000000")
    finally:
        async with store._db.write() as connection:
            await connection.execute(text("ALTER TABLE elsewhere RENAME TO caseworkers"))
    at: BaseException | None = failed.value
    while at is not None:
        assert CANARY.lower() not in f"{at} {at!r}".lower()
        at = at.__cause__ or at.__context__


async def test_the_sqlite_file_is_the_accounts_own(sqlite_file: str, tmp_path: Path, clock: Clock) -> None:
    from bot.storage.database.schema import upgrade

    path = tmp_path / "new" / "inloop.db"
    upgrade(f"sqlite:///{path}")
    store = await Store.open(f"sqlite:///{path}", clock=clock)
    await store.create_conversation(None)
    assert {file.stat().st_mode & 0o077 for file in path.parent.iterdir()} == {0}
    async with store._db.read() as connection:
        pragmas = {}
        for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys"):
            pragmas[name] = (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    await store.close()
