"""A full disk: whoever is in danger gets the card and the numbers, room that was kept is given away, and what is sent
again when there is room is kept."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event

from bot import content
from bot.conversation.service import NotKept
from bot.domain.model import Urgency
from bot.domain.speaker import Speaker
from bot.runtime.clock import utc_now
from bot.storage.database import ballast
from bot.web.middleware.source import Source
from bot.web.visitor.no_script import made
from bot.web.visitor.sealed_state import Slip, Slips
from tests.support import office as offices
from tests.support.office import LOCKED_IN, Office, Visitor

office = offices.office
CARD = {"seq", "from", "text", "choices", "urgency"}


@contextmanager
def full(office: Office) -> Iterator[None]:
    """No page more than the database has now, until the end of the block."""
    engine = office.store._db.engine.sync_engine

    def limit(connection: Any, *_: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA max_page_count=1")  # no fewer than there are
        cursor.close()

    def free(connection: Any, *_: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA max_page_count=1073741823")
        cursor.close()

    event.listen(engine, "checkout", limit)
    try:
        yield
    finally:
        event.remove(engine, "checkout", limit)
        event.listen(engine, "checkout", free)


async def until_it_is_full(person: Visitor, text: str) -> dict[str, Any]:
    """The first message that cannot be kept, and what came in answer."""
    for _ in range(2000):
        body = {"id": str(uuid4()), "text": text}
        answer = await person.http.post("/api/messages", json=body, headers=person.headers)
        if answer.status_code != 202:
            return body | {"status": answer.status_code, **answer.json()}
    raise AssertionError("it never was full")


async def test_whoever_is_in_danger_gets_the_card_and_is_kept_when_there_is_room(office: Office) -> None:
    person = await office.visitor()
    folder = office.store._db.folder
    assert folder is not None
    (folder / ballast.NAME).write_bytes(b"\0" * 4096)
    with full(office):
        found = await until_it_is_full(person, LOCKED_IN)
        assert (found["status"], found["error"]["code"]) == (503, "not_kept")
        assert set(found["card"]) == CARD and found["card"]["urgency"] == "emergency"
        assert "112" in found["card"]["text"]
        assert not (folder / ballast.NAME).exists(), "there is room for what comes next"
        assert (await person.messages())[0]["seq"] == 1, "what is there can be read"
    again = {"id": found["id"], "text": LOCKED_IN}
    answer = await person.http.post("/api/messages", json=again, headers=person.headers)
    assert answer.status_code == 202
    assert [case.urgency for case in await office.store.queue()] == ["emergency"]


async def test_what_is_harmless_is_refused_as_ever(office: Office) -> None:
    person = await office.visitor()
    with full(office):
        found = await until_it_is_full(person, "hello")
    assert (found["status"], found["error"]["code"]) == (500, "failed")
    assert "card" not in found


async def test_a_token_is_used_though_nothing_can_be_written(office: Office) -> None:
    person = await office.visitor()
    with full(office):
        await until_it_is_full(person, "hello")
        office.clock.pass_by(hours=3)
        assert await person.messages()


def test_without_scripts_the_card_stands_above_what_is_sent_again(words: content.Catalogue) -> None:
    class Full:
        async def session(self, token: str) -> Any:
            return SimpleNamespace(language="en")

        async def handle_message(self, *_: Any) -> int:
            raise NotKept(Speaker(words, "en").card(Urgency.EMERGENCY, ()))

    service, none = Full(), cast(Any, None)
    slips = Slips(b"k" * 32, utc_now)
    door = made(
        cast(Any, service), none, words, none, none, none, slips, Source(), lambda _: None,
        exit_url="https://example.org/", max_text=4000, addresses=(),
    )  # fmt: skip
    app = FastAPI()
    app.include_router(door)
    field = slips.write(Slip("token", "code", "en"))
    answer = TestClient(app).post("/talk", data={"slip": field, "do": "send", "text": "he hits me"})
    assert answer.status_code == 503
    assert 'href="tel:112"' in answer.text and "he hits me" in answer.text
    assert html.escape(Speaker(words, "en").card(Urgency.EMERGENCY, ()).text.split("\n")[0]) in answer.text


def test_room_is_kept_where_there_is_room_and_given_away_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballast, "SIZE", 8192)
    ballast.keep(tmp_path)
    ballast.keep(tmp_path)
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_size == 8192 and kept.stat().st_mode & 0o077 == 0
    assert ballast.drop(tmp_path) and not ballast.drop(tmp_path)
    monkeypatch.setattr(ballast, "SIZE", 1 << 60)
    ballast.keep(tmp_path)
    assert not list(tmp_path.iterdir()), "no room, no ballast"
