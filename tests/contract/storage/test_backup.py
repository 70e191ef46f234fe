"""A backup of each database comes back whole, opens with the recovery key alone, and brings nothing back that was
deleted; keys and bodies are apart."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nacl.bindings as sodium
import pytest
from sqlalchemy import make_url, select

from bot.domain.model import CaseChange, Outgoing, Sender, Urgency
from bot.storage.backup import run
from bot.storage.backup.files import expire, found_in
from bot.storage.backup.paper import new_recovery_key, read_public, read_recovery_key
from bot.storage.backup.parts import BODIES, KEYS, LEFT_OUT
from bot.storage.backup.sqlite import refuse_while_used
from bot.storage.backup.stream import CHUNK, SealedReader, SealedWriter, origin_of
from bot.storage.database.errors import BackupError
from bot.storage.sealing import recovery_words
from bot.storage.sealing.envelopes import KeyPair, new_key_pair
from bot.storage.store import NewConversation, Store
from bot.storage.tables.conversations import metadata
from bot.storage.tables.keys import closed_wraps
from tests.support.databases import Clock, PostgresServer, programs
from tests.support.desk import PASSWORD, join

RECOVERY = new_key_pair()
ORIGIN = origin_of(RECOVERY.private)
BOTH = ("keys", "bodies")
HELLO = Outgoing(Sender.BOT, "Hello.")


@pytest.fixture(autouse=True)
def programs_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the version that the tests' own server has."""
    monkeypatch.setenv("PATH", f"{programs()}:{os.environ['PATH']}")


@pytest.fixture
def elsewhere(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A place without a database yet, of the same kind."""
    if "postgresql" not in url:
        yield f"sqlite:///{tmp_path / 'new' / 'inloop.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    fresh = server.create(upgraded=False)
    yield fresh
    server.drop(fresh)


async def take(url: str, folder: Path, clock: Clock, parts: tuple[str, ...] = BOTH) -> list[Path]:
    return await asyncio.to_thread(run.take, url, folder, RECOVERY.public, parts, clock(), ORIGIN)


async def restored(url: str, folder: Path, clock: Clock, **how: bool | Path) -> Store:
    done = await asyncio.to_thread(run.restore, url, folder, RECOVERY, **({"replace": False} | how))
    store = await Store.open(url, clock=clock)
    await store.bury(sorted(done.tombstones))
    return store


async def talk(store: Store, *texts: str) -> NewConversation:
    new = await store.create_conversation("nl")
    for text in texts:
        await store.accept(new.person, text, text)
    return new


def test_every_table_is_in_one_part_or_left_out_on_purpose() -> None:
    assert sorted(KEYS + BODIES + LEFT_OUT) == sorted(metadata.tables)


async def test_what_was_there_comes_back(store: Store, url: str, elsewhere: str, tmp_path: Path, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    new = await talk(store, "one", "two")
    danger = CaseChange(Urgency.EMERGENCY, ("threat",), ("w",))
    await store.accept(new.person, "d", "help", replies=[HELLO], case=danger)
    (case,) = await store.queue()
    await store.claim(case.id, els.id)
    await take(url, tmp_path / "b", clock)
    again = await restored(elsewhere, tmp_path / "b", clock)
    person = await again.open_by_token(new.token)
    assert person is not None
    assert [m.text for m in await again.messages(person)] == ["one", "two", "help", "Hello."]
    assert await again.open_by_return_code(new.return_code) is not None
    assert await again.desk_session(els.cookie) is None, "everybody logs in again"
    clock.pass_by(minutes=5)
    _, session = await again.log_in("Els", PASSWORD, els.totp.at(clock()))
    assert (await again.queue())[0].owner == els.id
    assert (await again.open_case(case.id, session.team)).keys == new.person.keys
    assert await again.case_why(case.id, new.person.keys) == ("w",)
    more = await again.create_conversation("nl")
    assert more.person.conversation > new.person.conversation
    await again.close()


async def test_what_was_deleted_stays_deleted_whatever_body_is_restored(
    store: Store, url: str, elsewhere: str, tmp_path: Path, clock: Clock
) -> None:
    await join(store, clock, "Els")
    kept, deleted = await talk(store, "kept"), await talk(store, "deleted")
    old = await take(url, tmp_path / "b", clock)
    clock.pass_by(hours=1)
    await store.delete_conversation(deleted.person.conversation)
    later = await talk(store, "later")
    last = await talk(store, "last")
    await store.delete_conversation(last.person.conversation)
    await take(url, tmp_path / "b", clock, ("keys",))
    again = await restored(elsewhere, tmp_path / "b", clock, bodies=next(p for p in old if p.suffix == ".bodies"))
    assert await again.open_by_token(deleted.token) is None
    assert await again.open_by_return_code(deleted.return_code) is None
    assert await again.messages(deleted.person) == [], "its body is gone as well"
    person = await again.open_by_token(kept.token)
    assert person is not None
    assert [m.text for m in await again.messages(person)] == ["kept"]
    assert await again.open_by_token(later.token) is None, "a key without a body opens nothing"
    more = await again.create_conversation("nl")
    assert more.person.conversation > last.person.conversation, "no number of a deleted one is given again"
    await again.close()


async def test_a_backup_under_load_is_of_one_moment(
    store: Store, url: str, elsewhere: str, tmp_path: Path, clock: Clock
) -> None:
    await join(store, clock, "Els")
    people = [await store.create_conversation("nl") for _ in range(4)]
    done = asyncio.Event()
    written = [0] * len(people)

    async def write(number: int) -> None:
        while not done.is_set():
            await store.accept(people[number].person, f"{written[number]}", f"{written[number]}", replies=[HELLO])
            written[number] += 1

    writers = [asyncio.create_task(write(number)) for number in range(len(people))]
    async with asyncio.timeout(120):
        while min(written) < 5:
            assert not any(writer.done() for writer in writers), "somebody could not write"
            await asyncio.sleep(0.01)
    at_least = list(written)
    await take(url, tmp_path / "b", clock)
    at_most = [count + 1 for count in written]
    done.set()
    await asyncio.gather(*writers)
    again = await restored(elsewhere, tmp_path / "b", clock)
    for number, new in enumerate(people):
        person = await again.open_by_token(new.token)
        assert person is not None
        found = await again.messages(person, limit=100_000)
        assert [m.seq for m in found] == list(range(1, len(found) + 1))
        said = [m.text for m in found if m.sender is Sender.PERSON]
        assert said == [str(n) for n in range(len(said))]
        assert at_least[number] <= len(said) <= at_most[number]
        assert len(found) == 2 * len(said), "no turn is cut in two"
    await again.close()


async def test_no_file_holds_what_it_should_not(store: Store, url: str, tmp_path: Path, clock: Clock) -> None:
    from sqlalchemy import select

    from bot.storage.tables.conversations import conversation_wraps, messages

    els = await join(store, clock, "Kanarie-Els")
    await talk(store, "kanarie")
    async with store._db.read() as connection:
        sealed = list((await connection.execute(select(messages.c.envelope))).scalars())
        wraps = list((await connection.execute(select(conversation_wraps.c.wrapped))).scalars())
    keys, bodies = await take(url, tmp_path / "b", clock)
    for path in (keys, bodies):
        raw = path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
        for needle in (b"kanarie", b"Kanarie", els.cookie.encode(), b"conversation", *sealed, *wraps):
            assert needle not in raw
    opened = b"".join(SealedReader(bodies, RECOVERY).content())
    assert b"Kanarie" not in opened, "names are with the keys"
    assert not [wrap for wrap in wraps if wrap[:16] in opened or wrap[:16].hex().encode() in opened]
    assert {path.name for path in (tmp_path / "b").iterdir()} == {keys.name, bodies.name}
    assert not list(tmp_path.glob("*.work"))


async def test_a_wrong_key_a_cut_and_a_changed_file_change_nothing(
    store: Store, url: str, elsewhere: str, tmp_path: Path, clock: Clock
) -> None:
    await talk(store, "x" * 3000)
    keys, bodies = await take(url, tmp_path / "b", clock)
    with pytest.raises(BackupError, match="does not open"):
        run.restore(elsewhere, tmp_path / "b", new_key_pair(), replace=False)
    whole = bodies.read_bytes()
    for broken in (whole[:-1], whole[: len(whole) // 2], whole[:-40] + bytes(40), b"", whole + b"x", whole[8:]):
        bodies.write_bytes(broken)
        with pytest.raises(BackupError):
            run.restore(elsewhere, tmp_path / "b", RECOVERY, replace=False)
    bodies.write_bytes(keys.read_bytes())
    with pytest.raises(BackupError, match="name of another"):
        run.restore(elsewhere, tmp_path / "b", RECOVERY, replace=False)
    bodies.write_bytes(whole)
    await (await restored(elsewhere, tmp_path / "b", clock)).close()


def forged(path: Path, new_path: Path, content: bytes | None = None, **other: object) -> None:
    """A file as whoever has the public half of the recovery key can write it."""
    reader = SealedReader(path, RECOVERY)
    plain = b"".join(reader.content()) if content is None else content
    new_path.unlink(missing_ok=True)
    with SealedWriter(new_path, RECOVERY.public, reader.manifest | other, ORIGIN) as out:
        out.write(plain)
        out.finish()


async def test_an_old_file_that_is_named_as_a_newer_one_is_refused(
    store: Store, url: str, elsewhere: str, tmp_path: Path, clock: Clock
) -> None:
    """It would open again what was deleted meanwhile."""
    deleted = await talk(store, "deleted")
    old_keys, old_bodies = await take(url, tmp_path / "b", clock)
    clock.pass_by(days=1)
    await store.delete_conversation(deleted.person.conversation)
    keys, bodies = await take(url, tmp_path / "b", clock)
    whole = keys.read_bytes(), bodies.read_bytes()
    for old, new, was in ((old_keys, keys, whole[0]), (old_bodies, bodies, whole[1])):
        new.write_bytes(old.read_bytes())
        with pytest.raises(BackupError, match="was renamed"):
            run.restore(elsewhere, tmp_path / "b", RECOVERY, replace=False)
        new.write_bytes(was)
    for wrong in ("yesterday", "9999-12-31T23:59:59-23:59"):
        forged(keys, keys, made_at=wrong)
        with pytest.raises(BackupError, match="was renamed"):
            run.restore(elsewhere, tmp_path / "b", RECOVERY, replace=False)
    keys.unlink()
    with pytest.raises(BackupError, match="are missing"):
        run.restore(elsewhere, tmp_path / "b", RECOVERY, replace=False)
    keys.write_bytes(whole[0])
    again = await restored(elsewhere, tmp_path / "b", clock)
    assert await again.open_by_token(deleted.token) is None
    await again.close()


async def test_a_file_that_somebody_else_made_is_refused(
    store: Store, url: str, elsewhere: str, tmp_path: Path, clock: Clock
) -> None:
    await talk(store, "one")
    await take(url, tmp_path / "b", clock)
    good = SealedReader(next((tmp_path / "b").glob("*.keys")), RECOVERY)
    assert good.ours
    for origin in (b"", ORIGIN[::-1]):  # who has the public half alone, and who has another origin key
        shutil.rmtree(tmp_path / "b")
        await asyncio.to_thread(run.take, url, tmp_path / "b", RECOVERY.public, BOTH, clock(), origin)
        with pytest.raises(BackupError, match=r"keys does not say .* somebody else may have"):
            run.restore(elsewhere, tmp_path / "b", RECOVERY, replace=False)
    path = next((tmp_path / "b").glob("*.keys"))
    path.unlink()
    with SealedWriter(path, RECOVERY.public, good.manifest) as out:  # the mark of a file that was seen
        out.finish()
    with pytest.raises(BackupError, match="somebody else may have"):
        run.restore(elsewhere, tmp_path / "b", RECOVERY, replace=False)


async def test_what_says_nothing_is_restored_by_who_knows_its_place(
    store: Store, url: str, elsewhere: str, tmp_path: Path, clock: Clock
) -> None:
    new = await talk(store, "one")
    await asyncio.to_thread(run.take, url, tmp_path / "b", RECOVERY.public, BOTH, clock())
    again = await restored(elsewhere, tmp_path / "b", clock, unmarked=True)
    assert await again.open_by_token(new.token) is not None
    await again.close()


async def test_no_name_out_of_a_file_becomes_a_command(sqlite_file: str, tmp_path: Path, clock: Clock) -> None:
    store = await Store.open(sqlite_file, clock=clock)
    await store.close()
    keys, _ = await take(sqlite_file, tmp_path / "b", clock)
    made = tmp_path / "made.db"
    made.write_bytes(b"".join(SealedReader(keys, RECOVERY).content()))
    with sqlite3.connect(made) as database:
        database.execute('ALTER TABLE caseworkers RENAME COLUMN name TO "name"", 1 FROM x; --"')
    database.close()
    forged(keys, keys, made.read_bytes())
    with pytest.raises(BackupError, match="no version of this program"):
        run.restore(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "b", RECOVERY, replace=False)
    assert not (tmp_path / "new.db").exists()


def test_a_file_cut_between_two_parts_has_no_end(tmp_path: Path) -> None:
    path = tmp_path / "whole"
    with SealedWriter(path, RECOVERY.public, {}) as out:
        out.write(b"x" * 3 * CHUNK)
        out.finish()
    assert sum(map(len, SealedReader(path, RECOVERY).content())) == 3 * CHUNK
    last_part = len(b"size{}") + sodium.crypto_secretstream_xchacha20poly1305_ABYTES  # three parts are full
    path.write_bytes(path.read_bytes()[:-last_part])
    with pytest.raises(BackupError, match="cut off"):
        list(SealedReader(path, RECOVERY).content())


async def test_a_database_of_another_version_is_not_backed_up_by_halves(
    store: Store, url: str, elsewhere: str, tmp_path: Path, clock: Clock
) -> None:
    files = await take(url, tmp_path / "b", clock)
    async with store._db.write() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(BackupError, match="another version"):
        await take(url, tmp_path / "b", clock)
    assert sorted((tmp_path / "b").iterdir()) == sorted(files)
    for path in files:
        part = path.suffix[1:]
        manifest = SealedReader(path, RECOVERY).manifest | {"revision": "9999"}
        path.unlink()
        with SealedWriter(path, RECOVERY.public, manifest, ORIGIN) as out:
            out.finish()
        assert SealedReader(path, RECOVERY).manifest["part"] == part
    with pytest.raises(BackupError, match="newer than this program"):
        run.restore(elsewhere, tmp_path / "b", RECOVERY, replace=False)


async def test_a_database_that_is_there_is_kept(store: Store, url: str, tmp_path: Path, clock: Clock) -> None:
    await take(url, tmp_path / "b", clock)
    with pytest.raises(BackupError, match="already"):
        run.restore(url, tmp_path / "b", RECOVERY, replace="postgresql" in url)


async def test_replacing_takes_the_tombstones_along_and_waits_for_nobody(
    sqlite_file: str, tmp_path: Path, clock: Clock
) -> None:
    store = await Store.open(sqlite_file, clock=clock)
    kept, deleted = await talk(store, "kept"), await talk(store, "deleted")
    await take(sqlite_file, tmp_path / "b", clock)
    await store.delete_conversation(deleted.person.conversation)
    with pytest.raises(BackupError, match="in use"):
        run.restore(sqlite_file, tmp_path / "b", RECOVERY, replace=True)
    await store.close()
    refuse_while_used(sqlite_file)
    (tmp_path / "old").hardlink_to(str(make_url(sqlite_file).database))
    done = run.restore(sqlite_file, tmp_path / "b", RECOVERY, replace=True)
    assert done.tombstones == {deleted.person.conversation}
    old = (tmp_path / "old").read_bytes()
    assert old == bytes(len(old)), "nothing of the old file is left on the disk"
    again = await Store.open(sqlite_file, clock=clock)
    assert await again.open_by_token(deleted.token) is None, "before anything else ran"
    assert await again.open_by_token(kept.token) is not None
    await again.close()


async def test_what_cannot_be_put_in_its_place_takes_nothing_away(
    sqlite_file: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tombstones of what was deleted since the backup are in the old database alone."""
    store = await Store.open(sqlite_file, clock=clock)
    deleted = await talk(store, "deleted")
    await take(sqlite_file, tmp_path / "b", clock)
    await store.delete_conversation(deleted.person.conversation)
    await store.close()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", full)
        with pytest.raises(BackupError, match="no space left"):
            run.restore(sqlite_file, tmp_path / "b", RECOVERY, replace=True)
    done = run.restore(sqlite_file, tmp_path / "b", RECOVERY, replace=True)
    assert done.tombstones == {deleted.person.conversation}
    database = Path(str(make_url(sqlite_file).database))
    assert [one.name for one in database.parent.glob(f"{database.name}*")] == [database.name], "nothing of the old one"


async def test_a_damaged_database_can_be_replaced(sqlite_file: str, tmp_path: Path, clock: Clock) -> None:
    store = await Store.open(sqlite_file, clock=clock)
    new = await talk(store, "kept")
    await take(sqlite_file, tmp_path / "b", clock)
    await store.close()
    Path(str(make_url(sqlite_file).database)).write_bytes(b"\x00not a database" * 500)
    again = await restored(sqlite_file, tmp_path / "b", clock, replace=True)
    assert await again.open_by_token(new.token) is not None
    await again.close()


async def test_without_pg_dump_it_says_what_to_install(
    postgres: PostgresServer, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.create()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_dump is not installed"):
        await take(url, tmp_path / "b", clock)
    fails = tmp_path / "pg_dump"
    shutil.copy("/bin/false", fails)
    with pytest.raises(BackupError, match="pg_dump failed"):
        await take(url, tmp_path / "b", clock)
    assert list((tmp_path / "b").iterdir()) == [], "nothing half done is left"
    postgres.drop(url)


def test_old_files_go_the_keys_first(tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    for days in (0, 6, 8, 80, 100):
        for part in BOTH:
            made_at = now - timedelta(days=days)
            (tmp_path / f"inloop-{made_at:%Y%m%dT%H%M%SZ}.{part}").write_bytes(b"x")
    (tmp_path / "photo.jpg").write_bytes(b"not ours")
    assert expire(tmp_path, now, {"keys": timedelta(days=7), "bodies": timedelta(days=90)}) == 4
    left = [(file.part, (now - file.made_at).days) for file in found_in(tmp_path)]
    assert left == [("bodies", 80), ("bodies", 8), ("bodies", 6), ("keys", 6), ("bodies", 0), ("keys", 0)]
    assert (tmp_path / "photo.jpg").exists()
    assert expire(tmp_path / "none", now, {}) == 0


@pytest.mark.parametrize("size", [0, 1, CHUNK - 100, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_stream_of_any_length_comes_back(tmp_path: Path, size: int) -> None:
    plain = os.urandom(size)
    with SealedWriter(tmp_path / "x", RECOVERY.public, {"n": size}) as out:
        out.write(plain)
        out.finish()
    reader = SealedReader(tmp_path / "x", RECOVERY)
    assert reader.manifest == {"n": size}
    assert b"".join(reader.content()) == plain


def test_an_unfinished_stream_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), SealedWriter(tmp_path / "x", RECOVERY.public, {}):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_the_key_on_paper_is_read_as_people_type_it() -> None:
    public, (line,) = new_recovery_key(split=False)
    for typed in (line, line.lower(), line.replace(" ", ""), f"  {line.replace(' ', '-')} \n"):
        assert read_recovery_key([typed]).public == read_public(public)
    public, halves = new_recovery_key(split=True)
    assert read_recovery_key(halves).public == read_recovery_key(halves[::-1]).public == read_public(public)


def test_a_key_that_is_not_right_is_refused_without_being_shown() -> None:
    _, (line,) = new_recovery_key(split=False)
    _, (first, second) = new_recovery_key(split=True)
    _, (foreign, _) = new_recovery_key(split=True)
    swapped = line[:20] + ("A" if line[20] != "A" else "B") + line[21:]
    for typed in ([swapped], [line[:-5]], [first], [first, first], [line, first], [], ["!"], ["é"], [""]):
        with pytest.raises(BackupError) as refused:
            read_recovery_key(typed)
        assert not [word for word in " ".join(typed).split() if len(word) > 3 and word in str(refused.value)]
    assert isinstance(read_recovery_key([foreign, second]), KeyPair), "two halves of two keys make another key"
    with pytest.raises(BackupError, match="INLOOP_BACKUP_KEY"):
        read_public("nonsense")


async def test_the_recovery_key_and_what_is_closed_come_back_and_what_was_deleted_does_not(
    url: str, elsewhere: str, tmp_path: Path, clock: Clock
) -> None:
    before = await Store.open(url, clock=clock, open_cases_only=True)
    els = await join(before, clock, "Els")
    _, lines = await before.make_recovery_key(els.session, split=True)
    talks = []
    for text in ("kept", "deleted"):
        new = await before.create_conversation("nl")
        await before.accept(new.person, "m1", text, case=CaseChange(Urgency.URGENT))
        case = await before.claim_next(els.id)
        assert case is not None
        await before.close_case(case.id, els.id, "helped", person=new.person, team=els.session.team)
        talks.append((new, case.id))
    await take(url, tmp_path, clock)
    clock.pass_by(seconds=1)
    await before.delete_conversation(talks[1][0].person.conversation)
    await take(url, tmp_path, clock, ("keys",))
    await before.close()
    store = await restored(elsewhere, tmp_path, clock)
    async with store._db.read() as connection:
        held = {row.conversation for row in await connection.execute(select(closed_wraps))}
    assert held == {talks[0][0].person.conversation}
    assert (await store.check_recovery_key(recovery_words.read(lines))).current
    clock.pass_by(seconds=60)
    _, session = await store.log_in("Els", PASSWORD, els.totp.at(clock()))
    assert [m.text for m in await store.messages(await store.open_closed(talks[0][1], session))] == ["kept"]
    await store.close()
