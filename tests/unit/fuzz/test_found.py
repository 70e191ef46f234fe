"""What was found once, by name: each of these ended in an exception that nobody expected."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.cli.commands.answer import one
from bot.cli.commands.lines import written
from bot.content import Catalogue
from bot.content.facts import parse_facts
from bot.content.structure import read_register
from bot.content.yaml_reader import read_mapping
from bot.conversation.forms import said
from bot.dialogue.client import Engine, EngineDown
from bot.domain.model import EngineReply, EngineTurn
from bot.domain.speaker import Speaker, Unsayable
from bot.oncall import calendars
from bot.security import proof_of_work
from bot.settings import SettingsError
from bot.settings import read as read_settings
from bot.storage.backup.files import found_in
from bot.storage.backup.stream import SealedReader, SealedWriter
from bot.storage.database.errors import BackupError
from bot.storage.sealing.envelopes import new_key_pair
from bot.telegram import updates
from bot.translation.engine import packages
from bot.translation.errors import PackageRefused
from bot.web.visitor.sealed_state import Slip, Slips
from tests.support.databases import Clock


def test_a_line_with_half_a_character_in_its_id_is_answered(words: Catalogue) -> None:
    line = written(one('{"id": "\\ud800", "topic": "shelter", "lang": "nl"}', words, set()))
    assert line.encode()
    assert json.loads(line)["id"] == "\ud800"
    assert written({"id": "é"}) == '{"id": "é"}'


def test_an_urgency_that_is_a_list_is_unknown(words: Catalogue) -> None:
    found = one('{"id": 1, "lang": "nl", "urgency": ["emergency"]}', words, set())
    assert found == {"id": 1, "error": "unknown urgency"}


@pytest.mark.parametrize(
    "answer",
    [
        "[" * 100_000,
        '{"replies": [{"key": "answer"}], "topic": "x", "confidence": 1%s}' % ("0" * 400),
        '{"replies": [[]]}',
    ],
    ids=["deep", "endless number", "no reply"],
)
async def test_an_answer_of_the_engine_that_is_none_is_a_dead_engine(answer: str) -> None:
    engine = Engine("http://engine", "-", 1, lambda: 0.0)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=answer))
    engine._client = httpx.AsyncClient(transport=transport, base_url="http://engine")
    with pytest.raises(EngineDown):
        await engine.choice("alias", "shelter", "nl")
    await engine.close()


@pytest.mark.parametrize(
    "reply",
    [
        EngineReply("answer", {"topic": "no such topic"}),
        EngineReply("answer", {}),
        EngineReply("both", {"topics": None}),
        EngineReply("no.such.words", {}),
        EngineReply("clarify", {}, ({"intent": ["x"]},)),
    ],
    ids=lambda reply: f"{reply.key} {dict(reply.values)}",
)
def test_what_the_engine_says_and_nobody_has_words_for_becomes_the_menu(words: Catalogue, reply: EngineReply) -> None:
    speaker = Speaker(words, "nl")
    with pytest.raises(Unsayable):
        speaker.engine(reply)
    turn, messages = said(speaker, EngineTurn("greet", 1.0, (reply,), ("forget", "handoff")))
    assert [message.key for message in messages] == ["engine_down"]
    assert turn.requests == (), "nothing that such a turn asks for is done"


@pytest.mark.parametrize(
    "record", ['{"sha256": "x", "files": []}', "[" * 100_000, '{"sha256": "x", "files": {"a\\u0000": [1, "x"]}}']
)
def test_a_package_with_a_strange_record_is_not_used(tmp_path: Path, record: str) -> None:
    place = tmp_path / "one"
    (place / "model").mkdir(parents=True)
    for name in ("model/model.bin", "bpe.model"):
        (place / name).write_bytes(b"x")
    (place / "metadata.json").write_text('{"from_code": "en", "to_code": "fr", "package_version": "1.²"}')
    assert packages.usable(packages.scan(tmp_path))
    (place / packages.RECORD).write_text(record)
    (found,) = packages.scan(tmp_path)
    assert found.fault
    assert packages.usable([found]) == {}


@pytest.mark.parametrize("name", ["only a file", "", "one/\x00"])
def test_an_archive_that_is_no_package_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(PackageRefused):
        packages.install(tmp_path / "x.zip", tmp_path / "packages")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one/metadata.json", b"x" * 2000)
    raw = bytearray((tmp_path / "x.zip").read_bytes())
    raw[48:52] = b"\xff\xff\xff\xff"
    (tmp_path / "x.zip").write_bytes(raw)
    with pytest.raises(PackageRefused):
        packages.install(tmp_path / "x.zip", tmp_path / "packages")


@pytest.mark.parametrize(
    "change", [{"kind": ["phone"]}, {"confidence": {}}, {"review_days": 10**12}, {"checked": date(9999, 12, 31)}]
)
def test_a_fact_with_a_strange_field_is_a_fault(change: dict[str, Any]) -> None:
    good = {
        "value": "x",
        "kind": "phone",
        "source": "s",
        "source_date": "2026",
        "checked": date(2026, 1, 1),
        "confidence": "HIGH",
        "review_days": 90,
    }
    faults: list[str] = []
    assert set(parse_facts({"facts": {"one": good}}, faults)) == {"one"}
    assert faults == []
    assert parse_facts({"facts": {"one": good | change}}, faults) == {}
    assert len(faults) == 1


@pytest.mark.parametrize("text", ["a: 2026-13-45", "[1]: x", "{" * 3000, "a: !!int x", "a: !!float x"])
def test_yaml_that_cannot_be_read_is_a_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yml").write_text(text)
    faults: list[str] = []
    assert read_mapping(tmp_path / "x.yml", faults) == {}
    assert len(faults) == 1


def test_a_file_with_the_name_of_a_backup_and_no_day_is_none(tmp_path: Path) -> None:
    for name in ("inloop-20269999T999999Z.keys", "inloop-20261103T090000Z.keys"):
        (tmp_path / name).touch()
    assert [file.path.name for file in found_in(tmp_path)] == ["inloop-20261103T090000Z.keys"]


@pytest.mark.parametrize("raw", [b"[]", b"{", b"\xff\xff", b"[" * 100_000])
def test_a_backup_that_somebody_else_made_is_damaged(tmp_path: Path, raw: bytes) -> None:
    pair = new_key_pair()
    with SealedWriter(tmp_path / "x", pair.public, {}) as out:
        out._left = len(raw).to_bytes(4, "big") + raw
        out.finish()
    with pytest.raises(BackupError, match="damaged"):
        SealedReader(tmp_path / "x", pair)


def test_a_slip_with_something_after_it_is_none() -> None:
    slips = Slips(bytes(32), Clock())
    field = slips.write(Slip("token", "code", "nl"))
    assert slips.read(field) == Slip("token", "code", "nl")
    assert slips.read(field + "==" + field) is None


@pytest.mark.parametrize("value", ["[[", "no json", "[" * 20_000])
def test_a_setting_that_is_no_json_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("INLOOP_PAGE_URLS", value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert value not in str(refused.value)


def test_half_a_character_solves_no_puzzle() -> None:
    assert not proof_of_work.solved("\ud800", 18, ["0", "0", "0", "0"])


def test_a_language_that_is_understood_by_a_list_is_a_fault(tmp_path: Path) -> None:
    line = {"code": "nl", "name": "Nederlands", "script": "Latn", "rtl": False, "understanding": []}
    (tmp_path / "languages.yml").write_text(json.dumps({"languages": [line]}), encoding="utf-8")
    faults: list[str] = []
    assert read_register(tmp_path, (), faults) == ()
    assert "languages.yml: nl: needs rtl: true|false, understanding: encoder|native" in faults


def test_a_membership_that_is_a_list_is_no_message() -> None:
    change = {"chat": {"id": -5, "type": "group"}, "new_chat_member": {"status": []}}
    found = updates.read({"update_id": 7, "my_chat_member": change})
    assert found is not None
    assert (found.update_id, found.kind) == (7, updates.Kind.NOTHING)


def test_an_attendee_of_two_kinds_is_somebody() -> None:
    event = "DTSTART:20261103T090000Z\nDTEND:20261103T100000Z\nATTENDEE;CUTYPE=ROOM,GROUP;CN=An:mailto:an@x.example"
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\n{event}\nEND:VEVENT\nEND:VCALENDAR\n"
    start = datetime(2026, 11, 3, tzinfo=UTC)
    (shift,) = calendars.parse(text.replace("\n", "\r\n"), UTC, start, start + timedelta(days=1))
    assert shift.start == datetime(2026, 11, 3, 9, tzinfo=UTC)
