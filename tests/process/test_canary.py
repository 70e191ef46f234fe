"""What was written and what opens it is nowhere on the disk: database, WAL, logs, models, everything in the folder."""

from __future__ import annotations

import base64
from pathlib import Path
from uuid import uuid4

from tests.support.caseworker import PASSWORD, first
from tests.support.gateway import ROOT, Visitor, running
from tests.support.ports import free_port

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
    with running(tmp_path, free_port()) as gateway:
        caseworker = first(gateway)
        visitor = Visitor(gateway.url, "en")
        visitor.ask(SENTENCE)
        visitor.ask(DANGER)
        case = caseworker.wait_for_case(lambda c: c["urgency"] == "emergency")
        assert caseworker.claim(case["id"]).status_code == 200
        assert any(m["text"] == DANGER for m in caseworker.read(case["id"]))
        caseworker.reply(case["id"], REPLY)
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
            caseworker.http.headers["X-Desk-Token"],
        )  # fmt: skip
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
