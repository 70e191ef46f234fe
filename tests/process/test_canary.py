"""What was written and what opens it is nowhere on the disk: database, WAL, logs, models, everything in the folder."""

from __future__ import annotations

import base64
from pathlib import Path
from uuid import uuid4

import pytest

from bot.runtime.clock import utc_now
from bot.web.visitor.sealed_state import Slips
from tests.support.caseworker import PASSWORD, first
from tests.support.gateway import ROOT, Visitor, running
from tests.support.plain import Old
from tests.support.ports import free_port
from tests.support.telegram import TOKEN, Person, environment, telegram

pytestmark = pytest.mark.night

SENTENCE = "my cousin Quillonda keeps it under the green stairs"
DANGER = "he is hitting Quillonda right now behind the green stairs"
REPLY = "I am here, Quillonda is not alone, green stairs understood"


def needles(*secrets: str) -> list[bytes]:
    """Each as it is, as UTF-16, and inside base64 at any offset."""
    found = []
    for text in secrets:
        raw = text.encode()
        found += [raw, text.encode("utf-16-le")]
        found += [base64.b64encode(b"\0" * pad + raw)[4:-4] for pad in range(3)]
    return found


def search(folder: Path, wanted: list[bytes]) -> list[str]:
    hits = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            hits += [f"{path.name}: {needle[:12]!r}" for needle in wanted if needle in content]
    return hits


def test_no_word_and_no_key_is_on_the_disk(tmp_path: Path) -> None:
    with running(tmp_path, free_port(), env={"INLOOP_LOG_LEVEL": "DEBUG"}) as gateway:
        caseworker = first(gateway)
        visitor = Visitor(gateway.url, "en")
        # Streams that are open, for what they send is told to loggers too.
        with caseworker.http.stream("GET", "/desk/api/events") as queue, \
                visitor.http.stream("GET", "/api/events?after=0") as stream:  # fmt: skip
            lines, rows = stream.iter_lines(), queue.iter_lines()
            visitor.ask(SENTENCE)
            visitor.ask(DANGER)
            assert any(DANGER in line for line in lines)
            assert any("emergency" in line for line in rows)
        case = caseworker.wait_for_case(lambda c: c["urgency"] == "emergency")
        assert caseworker.claim(case["id"]).status_code == 200
        assert any(m["text"] == DANGER for m in caseworker.read(case["id"]))
        caseworker.reply(case["id"], REPLY)
        old = Old(gateway.url, "en")  # the same by forms
        old.press("start")
        code = old.press("send", text=SENTENCE).code
        slip = Slips(bytes.fromhex((tmp_path / "data" / "page.key").read_text()), utc_now).read(old.page.hidden["slip"])
        assert slip is not None
        field = old.page.hidden["slip"]
        old.send({"slip": field + "x", "do": "send", "text": SENTENCE})
        old.send({"slip": field, "do": "leave"})
        # Broken requests that quote it, so that error paths are searched too.
        visitor.http.post("/api/messages", content=b'{"id": "x", "text": "' + SENTENCE.encode() + b'"}')
        visitor.http.post("/api/messages", content=b'{"text": "' + SENTENCE.encode())
        visitor.http.post("/api/messages", json={"id": str(uuid4()), "text": [SENTENCE]})
        visitor.http.get("/" + SENTENCE.replace(" ", "%20"))
        visitor.http.post("/desk/login", json={"name": SENTENCE, "password": SENTENCE, "code": "123456"})
        cookie = next(iter(caseworker.http.cookies.jar)).value
        assert cookie
        wanted = needles(
            "Quillonda", "green stairs", visitor.token, visitor.return_code, PASSWORD, cookie, caseworker.totp.secret,
            caseworker.http.headers["X-Desk-Token"], slip.token, code, field,
        )  # fmt: skip
        folders = [tmp_path, ROOT / "models", ROOT / "var", ROOT / ".cache" / "engine-home"]
        for folder in folders:
            assert search(folder, wanted) == []
    for folder in folders:
        assert search(folder, wanted) == [], "after the end"


def test_nobody_in_telegram_can_be_told_from_the_disk(tmp_path: Path) -> None:
    """Chat ids as text and as the numbers they are in memory and in a database, names, user names, and the token."""
    number = 7_318_264_905
    with telegram() as wire:
        with running(tmp_path, free_port(), env=environment(wire, tmp_path, INLOOP_LOG_LEVEL="DEBUG")) as gateway:
            caseworker = first(gateway)
            person = Person(wire, number)
            person.write("/start")
            person.write(SENTENCE)
            person.write(DANGER)
            person.write(contact={"phone_number": "+32477112233", "first_name": "Quillonda"})
            person.write(location={"latitude": 51.21943, "longitude": 4.40257})
            case = caseworker.wait_for_case(lambda c: c["channel"] == "telegram")
            assert caseworker.claim(case["id"]).status_code == 200
            caseworker.reply(case["id"], REPLY)
            person.wait_for(REPLY)
            wire.flood = [1]
            wire.lose_answers = 1
            wire.inject(message={"chat": {"id": SENTENCE}, "text": SENTENCE, "from": person.sender})
            person.write("x" * 4090 + "Quillonda")
            caseworker.reply(case["id"], "second " + REPLY)
            person.wait_for("second " + REPLY)
            wanted = needles(
                "Quillonda", "green stairs", f"{number}", f"quill_onda_{number}", "Vermeersch", TOKEN,
                TOKEN.partition(":")[2], "+32477112233", "51.21943, 4.40257",
            )  # fmt: skip
            wanted += [number.to_bytes(8, "little"), number.to_bytes(6, "big")]
            folders = [tmp_path, ROOT / "models", ROOT / "var", ROOT / ".cache" / "engine-home"]
            for folder in folders:
                assert search(folder, wanted) == []
        for folder in folders:
            assert search(folder, wanted) == [], "after the end"


def test_the_search_itself_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text(f'{{"event": "{SENTENCE}"}}', encoding="utf-8")
    (tmp_path / "y.bin").write_bytes(b"\x01" + base64.b64encode(b"ab" + SENTENCE.encode() + b"cd"))
    hits = search(tmp_path, needles("Quillonda keeps it under"))
    assert {hit.split(":")[0] for hit in hits} == {"x.log", "y.bin"}
