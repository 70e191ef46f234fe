"""A picture from the visitor's page to the desk: who sees it, what is left of it, and what there is without it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest import mock
from uuid import uuid4

import httpx
import pytest

from bot import bootstrap as wiring
from bot.domain.model import CaseChange, Urgency
from bot.security.pictures import MAX_BYTES
from bot.security.rate_limits import PICTURES
from tests.support.databases import Clock
from tests.support.desk import Colleague, join
from tests.support.house import served
from tests.support.pictures import CANARY, picture

HOUSE = {"Content-Type": "application/octet-stream"}


@asynccontextmanager
async def house(
    folder: Path, clock: Clock, *, pictures: bool = True
) -> AsyncIterator[tuple[httpx.AsyncClient, wiring.Parts]]:
    async with (
        served(folder, clock, pictures=pictures) as (url, parts),
        httpx.AsyncClient(base_url=url, timeout=60) as client,
    ):
        yield client, parts


async def begun(client: httpx.AsyncClient) -> dict[str, str]:
    opened = (await client.post("/api/conversations", json={"language": "en"})).json()
    return {"Authorization": f"Bearer {opened['token']}"}


async def sent(client: httpx.AsyncClient, who: dict[str, str], data: bytes, number: str = "") -> httpx.Response:
    return await client.post(f"/api/pictures?id={number or uuid4()}", content=data, headers=who | HOUSE)


async def texts(client: httpx.AsyncClient, who: dict[str, str]) -> list[str]:
    return [one["text"] for one in (await client.get("/api/messages", headers=who)).json()["messages"]]


async def case_of(client: httpx.AsyncClient, parts: wiring.Parts, who: dict[str, str]) -> tuple[int, int]:
    """The conversation's number, and its case: raised as a message in danger raises it."""
    person = await parts.store.open_by_token(who["Authorization"].removeprefix("Bearer "))
    assert person is not None
    await parts.store.accept(person, "ask", "I want a person", case=CaseChange(Urgency.NONE, (), ("asked",)))
    case = await parts.store.case_of(person.conversation)
    assert case is not None
    return person.conversation, case.id


def at_desk(colleague: Colleague) -> dict[str, str]:
    return {"Cookie": f"desk={colleague.cookie}"}


async def test_the_owner_of_the_case_sees_it_and_nobody_else(tmp_path: Path, clock: Clock) -> None:
    async with house(tmp_path, clock) as (client, parts):
        els = await join(parts.store, clock, "Els")
        noor = await join(parts.store, clock, "Noor", els.session)
        who = await begun(client)
        answer = await sent(client, who, picture())
        assert answer.status_code == 202, answer.text
        seq = answer.json()["seq"]
        said = await texts(client, who)
        assert said[seq - 1 :] == ["Picture", parts.words.say("picture_kept", "en")]
        number, case = await case_of(client, parts, who)
        where = f"/desk/api/cases/{case}/pictures/{seq}"
        assert (await client.get(where)).status_code == 401
        assert (await client.get(where, headers=who)).status_code == 401
        assert (await client.get(where, headers=at_desk(els))).status_code == 409, "nobody has the case yet"
        await parts.store.claim(case, els.id)
        assert (await client.get(where, headers=at_desk(noor))).json()["error"]["code"] == "not_owner"
        shown = await client.get(where, headers=at_desk(els))
        assert shown.status_code == 200
        assert shown.content.startswith(b"\xff\xd8\xff")
        assert CANARY not in shown.content
        assert shown.headers["Content-Type"] == "image/jpeg"
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        assert (await client.get(f"/desk/api/cases/{case}/pictures/{seq + 1}", headers=at_desk(els))).status_code == 404
        messages = (await client.get(f"/desk/api/cases/{case}/messages", headers=at_desk(els))).json()["messages"]
        assert [one["seq"] for one in messages if one.get("picture")] == [seq]
        await parts.store.delete_conversation(number)
        assert (await client.get(where, headers=at_desk(els))).status_code in {404, 409}


async def test_what_the_file_held_is_nowhere(tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    given = [picture(kind) for kind in ("JPEG", "PNG", "WEBP")]  # made before: what makes them logs what is in them
    caplog.set_level("DEBUG")
    async with house(tmp_path, clock) as (client, _):
        who = await begun(client)
        for one in given:
            assert (await sent(client, who, one)).status_code == 202
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert files
        assert [path for path in files if CANARY in path.read_bytes()] == []
        assert [path for path in files if b"\xff\xd8\xff\xe0\x00\x10JFIF" in path.read_bytes()] == []
        assert CANARY.decode() not in caplog.text


async def test_what_is_refused_is_said_and_loses_nothing(tmp_path: Path, clock: Clock) -> None:
    async with house(tmp_path, clock) as (client, _):
        who = await begun(client)
        before = await texts(client, who)
        for data, status, code in (
            (b"", 422, "picture_kind"),
            (b"%PDF-1.7", 422, "picture_kind"),
            (picture()[:200], 422, "picture_kind"),
            (b"\xff\xd8\xff" + bytes(MAX_BYTES), 413, "picture_large"),
        ):
            answer = await sent(client, who, data)
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert (await sent(client, {"Authorization": "Bearer x"}, picture())).status_code == 401
        assert await texts(client, who) == before
        assert (await sent(client, who, picture())).status_code == 202


async def test_sent_twice_it_is_one_and_too_many_are_slowed_down(tmp_path: Path, clock: Clock) -> None:
    async with house(tmp_path, clock) as (client, _):
        who, number = await begun(client), str(uuid4())
        first = await sent(client, who, picture(), number)
        again = await sent(client, who, picture(), number)
        assert first.json() == again.json()
        codes = [(await sent(client, who, picture())).status_code for _ in range(2 * PICTURES)]
        assert set(codes) == {202, 429}


async def test_in_the_safety_mode_it_stays_in_it(tmp_path: Path, clock: Clock) -> None:
    async with house(tmp_path, clock) as (client, parts):
        who = await begun(client)
        body = {"id": str(uuid4()), "text": "he locked me in and he is coming back to kill me now"}
        assert (await client.post("/api/messages", json=body, headers=who)).status_code == 202
        person = await parts.store.open_by_token(who["Authorization"].removeprefix("Bearer "))
        assert person is not None
        before = (await parts.store.sheet(person)).state
        assert before.mode.value == "safety"
        assert (await sent(client, who, picture())).status_code == 202
        assert (await parts.store.sheet(person)).state == before


async def test_without_scripts_it_goes_by_a_form_and_touches_no_disk(tmp_path: Path, clock: Clock) -> None:
    async with house(tmp_path, clock) as (client, parts):
        page = (await client.post("/talk", data={"language": "en"})).text
        talk = (await client.post("/talk", data={"slip": _slip(page), "do": "start"})).text
        assert parts.words.labels("picture", "en")["explained"] in talk
        large = picture("PNG", (900, 900)) + bytes(3_000_000)
        fields = {"slip": _slip(talk), "once": re.findall(r'name="once" value="([^"]+)"', talk)[0]}

        def never(*_: object, **__: object) -> None:
            raise AssertionError("a file on the disk")

        with (
            mock.patch.object(tempfile, "SpooledTemporaryFile", never),
            mock.patch.object(tempfile, "TemporaryFile", never),
        ):
            answer = await client.post("/picture", data=fields, files={"picture": ("x.jpg", large, "image/jpeg")})
        assert answer.status_code == 200
        assert "A caseworker sees it when they open this chat" in answer.text
        again = await client.post("/picture", data=fields, files={"picture": ("x.jpg", b"no picture", "image/jpeg")})
        assert parts.words.labels("picture", "en")["kind"] in again.text
        assert "A caseworker sees it when they open this chat" in again.text, "nothing else is lost"
        strange = await client.post("/picture", content=b"\x00", headers={"Content-Type": "multipart/form-data"})
        assert strange.status_code == 200


def _slip(page: str) -> str:
    return re.findall(r'name="slip" value="([^"]+)"', page)[0]


async def test_switched_off_there_is_nothing_of_it(tmp_path: Path, clock: Clock) -> None:
    async with house(tmp_path, clock, pictures=False) as (client, parts):
        els = await join(parts.store, clock, "Els")
        who = await begun(client)
        assert (await sent(client, who, picture())).status_code == 404
        assert (await client.post("/picture")).status_code == 404
        assert (await client.get("/words/en/picture")).status_code == 404
        _, case = await case_of(client, parts, who)
        await parts.store.claim(case, els.id)
        assert (await client.get(f"/desk/api/cases/{case}/pictures/1", headers=at_desk(els))).status_code == 404
        for address in ("/", "/words/en", "/words/en/within"):
            assert "picture.js" not in (await client.get(address)).text
        page = (await client.post("/talk", data={"language": "en"})).text
        talk = (await client.post("/talk", data={"slip": _slip(page), "do": "start"})).text
        assert "multipart" not in talk and 'type="file"' not in talk
        assert "picture_show" not in (await client.get("/desk")).text
        large = await client.post("/api/messages", content=bytes(70_000), headers=who)
        assert large.status_code == 413
