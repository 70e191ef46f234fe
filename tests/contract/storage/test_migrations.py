"""The migrations make exactly the tables of the program, and a database of another version is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot.domain.model import Urgency
from bot.storage.database import engine, schema
from bot.storage.database.engine import blocking_engine, parse
from bot.storage.database.errors import SchemaError
from bot.storage.store import Store
from bot.storage.tables.conversations import metadata
from tests.support.databases import Clock


def run(url: str, *statements: str) -> None:
    used = blocking_engine(url)
    with used.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    used.dispose()


def test_there_is_one_newest_revision() -> None:
    assert len(ScriptDirectory.from_config(schema.config()).get_heads()) == 1


def test_the_migrations_make_the_tables_of_the_program(empty: str) -> None:
    schema.upgrade(empty)
    used = blocking_engine(empty)
    with used.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    used.dispose()


async def test_upgrading_again_keeps_what_is_there(empty: str, clock: Clock) -> None:
    schema.upgrade(empty)
    store = await Store.open(empty, clock=clock)
    new = await store.create_conversation("nl")
    await store.close()
    schema.upgrade(empty)
    store = await Store.open(empty, clock=clock)
    assert await store.open_by_token(new.token) == new.person
    assert await store.open_by_return_code(new.return_code) is not None
    await store.close()


async def test_whoever_waits_while_the_program_is_exchanged_is_called(empty: str, clock: Clock) -> None:
    schema.upgrade(empty, "0001")
    owner = "INSERT INTO caseworkers (id, name, name_key, role, active, public, wrapped, salt, passes, memory_mib, "
    owner += "totp_wrapped, totp_step, created_at) VALUES "
    owner += "(1, 'Els', 'els', 'caseworker', true, '', '', '', 1, 1, '', 0, "
    time = "'2026-11-03 09:00:00'"
    case = "INSERT INTO cases (number, conversation, state, urgency, signals, opened_at, waiting_since, owner) VALUES "
    rows = [("A", 1, "'waiting'", 2, "NULL"), ("B", 2, "'waiting'", 0, "NULL"), ("C", 3, "'owned'", 2, "1")]
    run(
        empty,
        f"{owner}{time})",
        *(f"{case}('{n}', {c}, {state}, {u}, '[]', {time}, {time}, {who})" for n, c, state, u, who in rows),
        f"INSERT INTO outbox (kind, payload, created_at, due_at) VALUES ('page', '{{}}', {time}, {time})",
    )
    schema.upgrade(empty)
    store = await Store.open(empty, clock=clock)
    assert [(ladder.number, ladder.urgency) for ladder in await store.ladders()] == [
        ("A", Urgency.EMERGENCY), ("B", Urgency.NONE),
    ]  # fmt: skip
    assert await store.take_outbox(9, timedelta(minutes=1)) == []
    await store.close()


async def test_a_database_that_was_never_upgraded_is_refused(empty: str, clock: Clock) -> None:
    with pytest.raises(SchemaError, match="older"):
        await Store.open(empty, clock=clock)


async def test_a_newer_database_is_refused_and_not_touched(empty: str, clock: Clock) -> None:
    schema.upgrade(empty)
    run(empty, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match="newer"):
        schema.upgrade(empty)
    with pytest.raises(SchemaError, match="newer"):
        await Store.open(empty, clock=clock)


def test_a_migration_that_fails_changes_nothing(empty: str) -> None:
    run(empty, "CREATE TABLE case_whys (x INTEGER)")  # the last table of the first revision: it fails late
    with pytest.raises(Exception, match="case_whys"):
        schema.upgrade(empty)
    run(empty, "DROP TABLE case_whys")
    schema.upgrade(empty)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://root:secret@db/inloop"])
def test_other_databases_are_refused_without_their_password(url: str) -> None:
    with pytest.raises(SchemaError) as refused:
        parse(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("oldest", ["OLDEST_SQLITE", "OLDEST_POSTGRESQL"])
async def test_an_old_version_is_refused(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, clock: Clock, oldest: str
) -> None:
    monkeypatch.setattr(engine, oldest, (99, 1))
    if oldest == "OLDEST_SQLITE":
        url = request.getfixturevalue("sqlite_file")
    else:
        url = request.getfixturevalue("postgres").create()
    with pytest.raises(SchemaError, match=r"too old: 99\.1 or later"):
        await Store.open(url, clock=clock)
