"""Whatever stands in a file or behind an address: calendars, packages, settings, backups."""

from __future__ import annotations

import contextlib
import io
import json
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

from bot.oncall import calendars
from bot.settings import Settings, SettingsError
from bot.settings import read as read_settings
from bot.settings.secret_files import SecretFileError
from bot.storage.backup.files import found_in
from bot.storage.backup.paper import new_recovery_key, read_public, read_recovery_key
from bot.storage.backup.stream import SealedReader, SealedWriter
from bot.storage.database.errors import BackupError
from bot.storage.sealing.envelopes import SealingError, new_key_pair, open_envelope, seal, unwrap, wrap
from bot.translation.engine import packages
from bot.translation.errors import PackageRefused
from tests.unit.fuzz import inputs
from tests.unit.fuzz.conftest import Run
from tests.unit.fuzz.inputs import ANY, NUMBERS, TEXT, put

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


# -- the rota --------------------------------------------------------------------------------------

TIMES = st.sampled_from(
    [
        "20261103T080000Z",
        "20261103T200000",
        "20261104",
        "99991231T235959Z",
        "00010101T000000Z",
        "20261399",
        "20261103T250000Z",
        "",
    ]
)
FIELDS = st.one_of(
    st.builds(
        lambda name, time: f"{name}:{time}",
        st.sampled_from(
            [
                "DTSTART",
                "DTEND",
                "RECURRENCE-ID",
                "EXDATE",
                "RDATE",
                "DTSTART;VALUE=DATE",
                "DTSTART;TZID=Nowhere/Here",
                "DTEND;TZID=Europe/Brussels",
            ]
        ),
        TIMES,
    ),
    st.builds(
        lambda freq, more: f"RRULE:FREQ={freq}{more}",
        st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "", "NEVER"]),
        st.sampled_from(
            [
                "",
                ";COUNT=3",
                ";UNTIL=20270101T000000Z",
                ";INTERVAL=0",
                ";INTERVAL=-1",
                ";BYDAY=MO,XX",
                ";BYMONTHDAY=31",
                ";COUNT=x",
                ";BYHOUR=8",
                ";BYHOUR=8,9;BYMINUTE=0,15,30,45;BYSECOND=0,1,2,3,4,5,6,7",
            ]
        ),
    ),
    st.builds(
        lambda name, text: f"{name}:{text}",
        st.sampled_from(
            [
                "SUMMARY",
                "UID",
                "STATUS",
                "DURATION",
                "ATTENDEE",
                "ATTENDEE;CN=Els;PARTSTAT=DECLINED",
                "CATEGORIES",
                "X-MICROSOFT-CDO-BUSYSTATUS",
            ]
        ),
        st.one_of(
            TEXT, st.sampled_from(["Els", "PT8H", "-P1D", "P9999999999D", "mailto:els@example.org", "CANCELLED", "OOF"])
        ),
    ),
    st.sampled_from(["DTSTART:20261103T080000Z", "DTEND:20261103T200000Z", "SUMMARY:Els", "UID:1"]),
    TEXT,
)
EVENT = st.lists(FIELDS, max_size=7).map(lambda lines: "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"]))
CALENDAR = st.lists(EVENT, max_size=3).map(
    lambda events: "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""])
)


def test_calendars_of_the_rota(fuzz: Run) -> None:
    zone = ZoneInfo("Europe/Brussels")

    def read(text: str) -> None:
        try:
            shifts = calendars.parse(text, zone, NOW - timedelta(days=2), NOW + timedelta(days=60))
        except calendars.Unreadable as error:
            assert len(str(error)) < 100
            return
        for shift in shifts:
            assert shift.start < shift.end
            assert shift.start.tzinfo is not None
            assert shift.end > NOW - timedelta(days=2) and shift.start < NOW + timedelta(days=60)

    fuzz("iCalendar", st.one_of(CALENDAR, CALENDAR, CALENDAR.flatmap(inputs.cut), TEXT), read, 2500)


# -- packages of translation -----------------------------------------------------------------------


def test_packages_of_translation(fuzz: Run, tmp_path: Path) -> None:
    place = tmp_path / "packages" / "one"
    (place / "model").mkdir(parents=True)
    (place / "model" / "model.bin").write_bytes(b"x")
    (place / "sentencepiece.model").write_bytes(b"x")
    metadata = inputs.full(
        {
            "from_code": st.sampled_from(["en", "../x"]),
            "to_code": st.just("fr"),
            "package_version": st.one_of(TEXT, st.sampled_from(["1.9", "1.²", "1..0"])),
        }
    )
    files = st.dictionaries(
        st.one_of(TEXT, st.just("model/model.bin"), st.just("../../secret")),
        st.one_of(ANY, st.just([1, "x"])),
        max_size=2,
    )
    record = inputs.full({"sha256": TEXT, "files": files})

    def read(given: tuple[str, str, bool]) -> None:
        put(place / "metadata.json", given[0])
        put(place / packages.RECORD, given[1])
        (found,) = packages.scan(tmp_path / "packages", thorough=given[2])
        assert isinstance(found.source, str)
        for pair, one in packages.usable([found, found]).items():
            assert not one.fault
            assert packages.route([pair], *pair) in {None, (pair,)}

    fuzz(
        "metadata of Argos packages",
        st.tuples(inputs.lines_of(metadata), inputs.lines_of(record), st.booleans()),
        read,
        2500,
    )


def zipped(files: dict[str, bytes], how: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


GOOD = {
    "translate-en_fr/metadata.json": b'{"from_code": "en", "to_code": "fr"}',
    "translate-en_fr/model/model.bin": b"x" * 99,
    "translate-en_fr/bpe.model": b"x",
}


def test_archives_of_packages(fuzz: Run, tmp_path: Path) -> None:
    archive, folder = tmp_path / "x.argosmodel", tmp_path / "packages"
    ways = [
        zipped(GOOD, how) for how in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    ]
    name = st.sampled_from(
        ["a/metadata.json", "a/../b", "/etc/x", "a\\b", "a/", "..", "a/b\x00c", "b/x", "a/metadata.json/x", "", "a//x"]
    )
    strange = st.dictionaries(name, st.binary(max_size=9), max_size=3).map(
        lambda files: zipped(files, zipfile.ZIP_STORED)
    )

    def read(raw: bytes) -> None:
        archive.write_bytes(raw)
        with contextlib.suppress(PackageRefused):
            packages.install(archive, folder)
        assert {path.name for path in tmp_path.iterdir()} <= {"x.argosmodel", "packages"}
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]

    fuzz("archives of Argos packages", st.one_of(strange, *map(inputs.damaged, ways)), read, 1500)


# -- settings --------------------------------------------------------------------------------------


def test_settings_of_the_environment(fuzz: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("INLOOP_") and "_TEST_" not in name]:
        monkeypatch.delenv(name)
    names = sorted(Settings.model_fields)
    legal = st.one_of(
        TEXT,
        ANY.map(json.dumps),
        NUMBERS.map(str),
        st.sampled_from(["http://", "https://[::1", "http://x:99999", "https://example.org"]),
        inputs.DEEP,
    )
    value = legal.filter(lambda text: "\0" not in text and len(text) < 100_000 and text.isprintable())

    def read(given: list[tuple[str, str, bool]]) -> None:
        for name, text, in_a_file in given:
            if in_a_file:
                (tmp_path / name).write_text(text, encoding="utf-8")
                (tmp_path / name).chmod(0o600)
            key = f"INLOOP_{name.upper()}" + ("_FILE" if in_a_file else "")
            monkeypatch.setenv(key, str(tmp_path / name) if in_a_file else text)
        try:
            settings = read_settings()
            assert settings.address and settings.database
        except SettingsError as error:
            assert not any(len(text) > 20 and text in str(error) for _, text, _ in given)
        finally:
            for name, _, in_a_file in given:
                monkeypatch.delenv(f"INLOOP_{name.upper()}" + ("_FILE" if in_a_file else ""), raising=False)

    fuzz(
        "settings",
        st.lists(st.tuples(st.sampled_from(names), value, st.booleans()), min_size=1, max_size=3),
        read,
        1500,
    )
    assert issubclass(SecretFileError, ValueError)


# -- backups and sealed values ---------------------------------------------------------------------


def test_files_of_backups(fuzz: Run, tmp_path: Path) -> None:
    pair, path, bad = new_key_pair(), tmp_path / "good", tmp_path / "bad"
    with SealedWriter(path, pair.public, {"part": "keys"}) as out:
        out.write(b"x" * 100)
        out.finish()
    good = path.read_bytes()

    def read(raw: bytes) -> None:
        bad.write_bytes(raw)
        try:
            reader = SealedReader(bad, pair)
            reader.verify()
        except BackupError as error:
            assert "x" * 20 not in str(error)
            return
        assert raw == good

    fuzz("headers and contents of backups", inputs.damaged(good), read, 5000)


def test_contents_that_somebody_sealed(fuzz: Run, tmp_path: Path) -> None:
    """The recovery key's public half is no secret: whoever has it can write a file that opens."""
    pair, path = new_key_pair(), tmp_path / "forged"
    manifest = inputs.full(
        {
            "part": st.just("keys"),
            "database": st.just("sqlite"),
            "revision": TEXT,
            "made_at": TEXT,
            "tombstones": st.lists(NUMBERS),
        }
    )

    def read(given: tuple[int, bytes]) -> None:
        path.unlink(missing_ok=True)
        with SealedWriter(path, pair.public, {}) as out:
            out._left = given[0].to_bytes(4, "big") + given[1]
            out.finish()
        with contextlib.suppress(BackupError):
            assert isinstance(SealedReader(path, pair).manifest, dict)

    raw = st.one_of(
        st.binary(max_size=40), inputs.lines_of(manifest).map(lambda text: text.encode("utf-8", "surrogatepass"))
    )
    sized = raw.flatmap(
        lambda content: st.tuples(st.one_of(st.just(len(content)), st.integers(0, 2**32 - 1)), st.just(content))
    )
    fuzz("manifests of backups", sized, read, 1500)


def test_names_of_backups(fuzz: Run, tmp_path: Path) -> None:
    name = st.one_of(
        st.from_regex(r"inloop-\d{8}T\d{6}Z\.(keys|bodies)", fullmatch=True),
        TEXT.filter(lambda text: text.isalnum() and len(text.encode()) < 99),
    )

    def read(name: str) -> None:
        path = tmp_path / name
        path.write_bytes(b"")
        try:
            assert all(file.made_at.tzinfo is UTC for file in found_in(tmp_path))
        finally:
            path.unlink()

    fuzz("names of backups", name, read, 1500)


def test_recovery_keys(fuzz: Run) -> None:
    public, halves = new_recovery_key(split=True)
    _, whole = new_recovery_key(split=False)
    line = st.one_of(TEXT, *map(inputs.cut, (*halves, *whole)), *map(st.just, (*halves, *whole)))

    def read(lines: list[str]) -> None:
        for said in lines:
            with contextlib.suppress(BackupError):
                assert len(read_public(said)) == 32
        try:
            assert len(read_recovery_key(lines).private) == 32
        except BackupError as error:
            assert not any(len(said) > 20 and said in str(error) for said in lines)

    assert len(read_public(public)) == 32
    fuzz("recovery keys", st.lists(line, max_size=3), read, 4000)


def test_sealed_values(fuzz: Run) -> None:
    pair, key = new_key_pair(), bytes(32)
    envelope, wrapped = seal(pair.public, b"text", "row"), wrap(key, b"secret", "row")

    def read(raw: bytes) -> None:
        for opened, good in (
            (lambda: open_envelope(pair, raw, "row"), envelope),
            (lambda: unwrap(key, raw, "row"), wrapped),
        ):
            try:
                opened()
            except SealingError:
                continue
            assert raw == good

    fuzz("envelopes and wraps", st.one_of(inputs.damaged(envelope), inputs.damaged(wrapped)), read, 6000)
