"""What somebody meets who begins a talk while very many do: through the visitor API, as the page uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.support.databases import Clock
from tests.support.house import served
from tests.support.siege import proof
from tests.support.wire import Wire, bearer


@pytest.fixture
async def crowded(tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, str, str]]:
    """A gateway where as many have begun as may without a cost; the token and the return code of one of them."""
    async with served(tmp_path, Clock(), conversations=2) as (url, _), httpx.AsyncClient(base_url=url) as http:
        opened = [await http.post("/api/conversations", json={"language": "en"}) for _ in range(2)]
        assert [answer.status_code for answer in opened] == [201, 201]
        yield http, opened[0].json()["token"], opened[0].json()["return_code"]


async def begin(http: httpx.AsyncClient, paid: str = "") -> httpx.Response:
    return await http.post("/api/conversations", json={"language": "en"}, headers={"Inloop-Proof": paid})


async def test_a_new_talk_costs_work_once_and_each_solution_is_good_once(
    crowded: tuple[httpx.AsyncClient, str, str],
) -> None:
    http, _, _ = crowded
    asked = await begin(http)
    assert asked.status_code == 428
    assert asked.json()["error"]["code"] == "work"
    assert int(asked.headers["Retry-After"]) >= 5
    paid = proof(asked.headers["Inloop-Challenge"])
    assert (await begin(http, paid)).status_code == 201
    for wrong in (paid, paid[:-1] + "x", "x" * 200, "16.9.9.a.b~1.2.3.4", asked.headers["Inloop-Challenge"]):
        assert (await begin(http, wrong)).status_code == 428
    assert (await begin(http, "x" * 201)).status_code == 422


async def test_a_talk_that_is_there_is_asked_for_nothing_and_its_danger_is_answered(
    crowded: tuple[httpx.AsyncClient, str, str],
) -> None:
    http, token, _ = crowded
    assert (await begin(http)).status_code == 428
    for text in ("is it free", "he is hitting me right now please help"):
        taken = await http.post("/api/messages", json={"id": str(uuid4()), "text": text}, headers=bearer(token))
        assert taken.status_code == 202
    messages = (await http.get("/api/messages", headers=bearer(token))).json()["messages"]
    assert any(message.get("urgency") == "emergency" and message["from"] == "system" for message in messages)


async def test_whoever_tries_return_codes_pays_and_the_right_one_opens(
    crowded: tuple[httpx.AsyncClient, str, str],
) -> None:
    http, _, code = crowded
    asked = await http.post("/api/conversations/restore", json={"return_code": code})
    assert asked.status_code == 428
    paid = {"Inloop-Proof": proof(asked.headers["Inloop-Challenge"])}
    assert (await http.post("/api/conversations/restore", json={"return_code": code}, headers=paid)).status_code == 201


async def test_one_talk_has_few_streams_and_the_newest_go_on(tmp_path: Path) -> None:
    async with served(tmp_path, Clock()) as (url, _):
        port = int(url.rpartition(":")[2])
        wire = await Wire(port).open()
        token = (await wire.ask("POST", "/api/conversations", {"language": "en"})).json()["token"]
        streams = [(one := await Wire(port).open(), one.events(token)) for _ in range(8)]
        for _, events in streams:
            assert (await anext(events))["seq"] == 1
        for _, events in streams[:2]:
            assert [event async for event in events] == [], "the oldest have ended"
        await wire.ask("POST", "/api/messages", {"id": str(uuid4()), "text": "hello"}, bearer(token))
        for _, events in streams[2:]:
            assert (await anext(events))["text"] == "hello"
        for one, _ in streams:
            one.close()
        wire.close()
