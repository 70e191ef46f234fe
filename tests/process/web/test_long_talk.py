"""A talk that has become very long grows slowly, so that one person cannot fill the disk; danger in it is seen."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.security import rate_limits
from tests.support import office as offices
from tests.support.office import LOCKED_IN, Office, Visitor

office = offices.office


async def sent(person: Visitor, text: str) -> httpx.Response:
    body = {"id": str(uuid4()), "text": text}
    return await person.http.post("/api/messages", json=body, headers=person.headers)


async def length(person: Visitor) -> Any:
    return (await person.messages())[-1]["seq"]


@pytest.fixture
async def person(office: Office, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Whose talk is as long as a talk may be."""
    writes = await office.visitor()
    seq = await writes.write("hello")
    await office.tasks.finish(60)
    monkeypatch.setattr(rate_limits, "LONG_TALK", seq)
    return writes


async def test_a_very_long_talk_grows_by_little_and_its_danger_is_seen(office: Office, person: Visitor) -> None:
    assert (await sent(person, "hello again")).status_code == 202
    slowed = await sent(person, "and again")
    assert (slowed.status_code, slowed.json()["error"]["code"]) == (429, "too_many")
    assert (await sent(person, LOCKED_IN)).status_code == 202
    assert [case.urgency for case in await office.store.queue()] == ["emergency"]
    await office.tasks.finish(60)
    before = await length(person)
    for _ in range(3):
        answer = await sent(person, LOCKED_IN)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_kept")
        assert "112" in answer.json()["card"]["text"]
    assert await length(person) == before


async def test_buttons_count_too(office: Office, person: Visitor) -> None:
    token = next(c["token"] for m in await person.messages() for c in m["choices"])  # type: ignore[attr-defined]
    codes = []
    for _ in range(2):
        body = {"id": str(uuid4()), "choice": token}
        codes.append((await person.http.post("/api/choices", json=body, headers=person.headers)).status_code)
    assert codes == [202, 429]


async def test_a_talk_of_another_length_is_as_ever(office: Office, person: Visitor) -> None:
    rate_limits.LONG_TALK += 100  # put back by the fixture
    for _ in range(4):
        await person.write("hello")
