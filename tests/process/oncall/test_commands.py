"""`inloop rota`, `inloop caseworker page` and the doctor, as an operator calls them."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.storage.database.engine import blocking_engine
from bot.storage.database.schema import upgrade
from bot.storage.tables.conversations import caseworkers
from tests.process.cli.test_cli import run
from tests.support.databases import sqlite_url

SECRET = "geheim-8f3a"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An installation with An (who coordinates) and Bart, and a calendar: An until tomorrow, then nobody for a day."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    url = sqlite_url(data / "inloop.db")
    upgrade(url)
    row = {"active": True, "public": b"", "wrapped": b"", "salt": b"", "totp_step": 0, "passes": 1, "memory_mib": 1}
    row |= {"totp_wrapped": b"", "created_at": datetime.now(UTC)}
    engine = blocking_engine(url)
    with engine.begin() as connection:
        for number, (name, role) in enumerate((("An", "coordinator"), ("Bart", "caseworker")), 1):
            person = {"id": number, "name": name, "name_key": name.lower(), "role": role}
            connection.execute(insert(caseworkers).values(**row, **person))
    engine.dispose()
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    spans = [("Wacht An", -24, 24), ("Wacht Bart", 48, 72 * 10), ("Wacht Clara", 0, 24)]
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{i}\r\nDTSTAMP:{stamp(now, 0)}\r\nDTSTART:{stamp(now, start)}\r\n"
        f"DTEND:{stamp(now, end)}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n"
        for i, (title, start, end) in enumerate(spans)
    )
    calendar = tmp_path / "rota.ics"
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
    calendar.write_text(f"{head}{events}END:VCALENDAR\r\n", encoding="utf-8")
    return {"INLOOP_DATA_DIR": str(data), "INLOOP_ROTA": json.dumps([str(calendar)])}


def stamp(now: datetime, hours: int) -> str:
    return f"{now + timedelta(hours=hours):%Y%m%dT%H%M%SZ}"


def said(answer: subprocess.CompletedProcess[bytes]) -> str:
    return (answer.stdout + answer.stderr).decode()


def test_where_somebody_is_paged_is_set_and_never_shown(env: dict[str, str], tmp_path: Path) -> None:
    answer = run(f"caseworker page An json://127.0.0.1/{SECRET} --email An@Payoke.example", env=env)
    assert answer.returncode == 0, said(answer)
    assert "An: 1 page addresses, 1 for the calendar." in said(answer)
    assert SECRET not in said(answer)
    again = run("caseworker page an", env=env)
    assert "1 page addresses" in said(again) and SECRET not in said(again)
    files = [path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file()]
    assert not any(SECRET.encode() in raw or b"payoke.example" in raw.lower() for raw in files)
    assert ((tmp_path / "data" / "page.key").stat().st_mode & 0o077) == 0
    assert "paged nowhere" in said(run("caseworker page An --remove", env=env))
    assert "0 page addresses" in said(run("caseworker page An", env=env))


def test_what_a_caseworker_can_do_is_set_and_shown(env: dict[str, str]) -> None:
    assert "no languages set; 4 cases" in said(run("caseworker skills An", env=env))
    assert run("caseworker skills an --languages nl,ro-MD --cases 3", env=env).returncode == 0
    assert "An: nl ro; 3 cases" in said(run("caseworker skills An --cases 3", env=env))
    unknown = run("caseworker skills An --languages nl,xx", env=env)
    assert unknown.returncode == 2 and "nl" in said(unknown)
    assert run("caseworker skills Zoë --cases 2", env=env).returncode == 1
    assert run("caseworker skills An --cases 0", env=env).returncode == 2
    assert "An: nl ro; 3 cases" in said(run("caseworker skills An", env=env))


def test_what_nobody_can_be_paged_at_is_refused(env: dict[str, str]) -> None:
    assert run("caseworker page An nonsense://x", env=env).returncode == 2
    assert run("caseworker page Zoë json://127.0.0.1/x", env=env).returncode == 1


def test_the_rota_is_shown_with_its_holes_and_changed(env: dict[str, str]) -> None:
    for name in ("An", "Bart"):
        assert run(f"caseworker page {name} json://127.0.0.1/x", env=env).returncode == 0
    shown = run("rota show --days 4", env=env)
    text = said(shown)
    assert shown.returncode == 1
    assert "An, then nobody" in text and "Bart, then nobody" in text
    assert text.count("NOBODY who can be paged") == 1
    assert "names no caseworker: Wacht Clara" in text
    start = datetime.now(UTC) + timedelta(hours=20)
    span = f"--from {start:%Y-%m-%dT%H:%M}Z --until {start + timedelta(days=2):%Y-%m-%dT%H:%M}Z"
    made = run(f"rota change Bart {span}", env=env)
    assert made.returncode == 0 and "Change 1 is made" in said(made)
    filled = run("rota show --days 4", env=env)
    assert filled.returncode == 0
    assert "change 1: Bart first" in said(filled)
    assert run("rota undo 1", env=env).returncode == 0
    assert run("rota undo 1", env=env).returncode == 1
    assert run("rota show --days 4", env=env).returncode == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("Bart --from tomorrow --until 2030-01-01T00:00", 2),
        ("Bart --from 2030-01-02T00:00 --until 2030-01-01T00:00", 2),
        ("Zoë --from 2030-01-01T00:00 --until 2030-01-02T00:00", 1),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(env: dict[str, str], change: str, code: int) -> None:
    assert run(f"rota change {change}", env=env).returncode == code


def test_the_doctor_tells_of_everything_that_would_leave_somebody_without_a_call(env: dict[str, str]) -> None:
    text = said(run("doctor", env=env))
    assert "An is on call and has no page address" in text
    assert "nobody is paged" in text
    for name in ("An", "Bart"):
        run(f"caseworker page {name} json://127.0.0.1/x", env=env)
    text = said(run("doctor", env=env))
    assert "2 can be paged" in text
    assert "calendar 1 of the rota: 3 shifts" in text
    assert "1 titles in the rota name no caseworker" in text
    assert "warning  nobody who can be paged is on call" in text
    text = said(run("doctor", env=env | {"INLOOP_PAGE_KEY": "another"}))
    assert "2 page addresses were sealed with another INLOOP_PAGE_KEY" in text
    text = said(run("doctor", env=env | {"INLOOP_ROTA": '["/no/such.ics"]'}))
    assert "fault    calendar 1 of the rota: FileNotFoundError; last read well: never" in text
