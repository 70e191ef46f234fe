"""What claiming costs with a million closed and ten thousand waiting cases, beside a thousand cases, in one run and in
turns, on SQLite and on PostgreSQL. `python -m bench.claim` does this alone."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, insert, text

from bot.domain.model import Urgency
from bot.storage.database import schema
from bot.storage.database.engine import blocking_engine
from bot.storage.sealing.envelopes import KeyPair, new_key_pair
from bot.storage.store import Skills, Store
from bot.storage.tables.conversations import caseworkers, team_keys
from tests.support.databases import postgres_server

CLOSED, WAITING = 1_000_000, 10_000
FEW_CLOSED, FEW_WAITING = 500, 500
CLAIMS = 300
WORKERS = 100
BOUND = 1.5
START = datetime(2026, 1, 1, tzinfo=UTC)

SERIES = {
    "sqlite": "WITH RECURSIVE s(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM s WHERE n < {count}) "
    "SELECT {values} FROM s",
    "postgresql": "SELECT {values} FROM generate_series(1, {count}) AS s(n)",
}
AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', '2026-01-01', '+' || ({seconds}) || ' seconds')",
    "postgresql": "timestamptz '2026-01-01 00:00:00Z' + ({seconds}) * interval '1 second'",
}
BYTES = {"sqlite": "x'00'", "postgresql": r"'\x00'::bytea"}
LANGUAGES = "CASE n % 4 WHEN 0 THEN 'nl' WHEN 1 THEN 'ro' WHEN 2 THEN 'ar' ELSE 'en' END"

Row = tuple[str, str, str, str]


def fill(url: str, team: KeyPair, closed: int, waiting: int) -> None:
    """The rows, by bulk SQL: the closed ones first, as years of work leave them; among those that wait one in fifty is
    an emergency and one in ten is urgent, half a minute apart."""
    schema.upgrade(url)
    engine = blocking_engine(url)
    with engine.begin() as connection:
        person = {"role": "caseworker", "active": True, "public": b"", "wrapped": b"", "salt": b"", "totp_step": 0}
        person |= {"passes": 1, "memory_mib": 1, "totp_wrapped": b"", "created_at": START}
        people = [person | {"id": i, "name": f"{i}", "name_key": f"{i}"} for i in range(1, WORKERS + 1)]
        connection.execute(insert(caseworkers), people)
        connection.execute(insert(team_keys).values(id=1, public=team.public, created_at=START))
        _people(connection, 0, closed, "closed")
        _people(connection, closed, waiting, "waiting")
    if engine.dialect.name == "postgresql":  # as its autovacuum does by itself, only sooner
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _people(connection: Connection, after: int, count: int, state: str) -> None:
    kind = connection.dialect.name
    at = AT[kind].format(seconds=f"({after} + n) * 30")
    blob, number = BYTES[kind], f"{after} + n"

    def series(table: str, columns: str, values: str) -> None:
        rows = SERIES[kind].format(count=count, values=values)
        connection.execute(text(f"INSERT INTO {table} ({columns}) {rows}"))

    talk = "id, public, channel, language, state, last_seq, created_at, last_message_at"
    series("conversations", talk, f"{number}, {blob}, 'web', {LANGUAGES}, '{state}', 1, {at}, {at}")
    wrap = "conversation, kind, lookup, team_key, wrapped"
    series("conversation_wraps", wrap, f"{number}, 'team', NULL, 1, {blob}")
    message = "conversation, seq, sender, at, answered, client, envelope"
    answered = "TRUE" if state == "closed" else "FALSE"
    series("messages", message, f"{number}, 1, 'person', {at}, {answered}, NULL, {blob}")
    case = "id, number, conversation, state, urgency, signals, opened_at, waiting_since, closed_at, outcome"
    urgency = "CASE WHEN n % 50 = 0 THEN 2 WHEN n % 10 = 0 THEN 1 ELSE 0 END"
    over = f"{at}, 'helped'" if state == "closed" else "NULL, NULL"
    series("cases", case, f"{number}, 'C' || ({number}), {number}, '{state}', {urgency}, '[]', {at}, {at}, {over}")


async def claims(urls: tuple[str, str], team: KeyPair) -> tuple[list[float], list[float]]:
    """Milliseconds of each claim with few cases and with many, turn by turn, so that both meet the same machine."""
    stores = [await Store.open(url, clock=lambda: datetime.now(UTC)) for url in urls]
    times: tuple[list[float], list[float]] = ([], [])
    skills = Skills(("ro", "fr"), CLAIMS)
    for turn in range(CLAIMS + 20):
        for store, measured in zip(stores, times, strict=True):
            began = time.perf_counter()
            case = await store.claim_next(turn % WORKERS + 1, team, skills)
            if turn >= 20:
                measured.append(1000 * (time.perf_counter() - began))
            assert case is not None and case.urgency in Urgency
    for store in stores:
        await store.close()
    return times


def measure(name: str, few: str, many: str) -> Row:
    team = new_key_pair()
    fill(few, team, FEW_CLOSED, FEW_WAITING)
    fill(many, team, CLOSED, WAITING)
    small, large = (statistics.median(times) for times in asyncio.run(claims((few, many), team)))
    what = f"claim the next of {WAITING:,} waiting and {CLOSED:,} closed, beside {FEW_CLOSED + FEW_WAITING:,} in all"
    return f"{what} ({name})", f"{large:.2f} ms", f"{small:.2f} ms", f"{large / small:.2f} times its cost"


def claim_cost(folder: Path) -> list[Row]:
    """Rows for the table; the third column is the cost with a thousand cases."""
    urls = [f"sqlite+aiosqlite:///{folder / name}.db" for name in ("few", "many")]
    rows = [measure("SQLite", *urls)]
    with postgres_server() as server:
        fresh = [server.create(upgraded=False) for _ in range(2)]
        try:
            rows.append(measure("PostgreSQL", *fresh))
        finally:
            for url in fresh:
                server.drop(url)
    return rows


def main() -> int:
    """Prints the rows; 1 when one costs more than `BOUND` times as much."""
    with tempfile.TemporaryDirectory() as name:
        rows = claim_cost(Path(name))
    for row in rows:
        print(f"| {' | '.join(row)} |")
    return int(any(float(row[3].split()[0]) > BOUND for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
