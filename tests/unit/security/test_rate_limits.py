"""One source with many conversations is slowed down like one conversation with many messages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from bot.security import rate_limits
from bot.security.rate_limits import TOGETHER, Limits, TooMany, counted_for
from bot.web import errors
from bot.web.middleware.source import Source
from bot.web.visitor import api
from bot.web.visitor.no_script import Plain

NUMBER = "00000000-0000-4000-8000-000000000000"


async def taken(limits: Limits, source: str | None, conversations: range) -> int:
    """How many messages are taken, one of each conversation."""
    count = 0
    for conversation in conversations:
        with counted_for(source):
            try:
                await limits.message(conversation)
            except TooMany as slowed:
                assert slowed.retry_after >= 1
            else:
                count += 1
    return count


async def test_many_conversations_of_one_source_share_an_account() -> None:
    limits = Limits(10, 60)
    assert await taken(limits, "one", range(100)) == 10 * TOGETHER
    assert await taken(limits, "another", range(100, 120)) == 20


async def test_a_shelter_behind_one_address_is_not_slowed_down() -> None:
    limits = Limits(60, 60)  # as it is set when nobody sets it
    assert sum([await taken(limits, "shelter", range(20)) for _ in range(12)]) == 20 * 12


async def test_who_names_no_source_has_the_account_of_the_conversation_alone() -> None:
    limits = Limits(10, 60)
    assert await taken(limits, None, range(100)) == 100
    with pytest.raises(TooMany):
        for _ in range(11):
            await limits.message(1000)


def request(host: str) -> Request:
    return Request({"type": "http", "client": (host, 1), "headers": [], "method": "POST", "path": "/talk"})


def test_this_machine_is_no_source() -> None:
    source = Source()
    assert source.account(request("127.0.0.1")) is source.account(request("::1")) is None
    assert source.account(request("203.0.113.9")) == source.of("203.0.113.9") != source.account(request("203.0.113.8"))


class Service:
    """Notes on whose account a message is taken."""

    def __init__(self) -> None:
        self.accounts: list[str | None] = []

    async def session(self, token: str) -> Any:
        return SimpleNamespace(person=None, language="en")

    async def handle_message(self, *_: Any) -> int:
        self.accounts.append(rate_limits._source.get())
        return 1


def test_the_visitor_api_says_whose_message_it_is() -> None:
    app, service, source = FastAPI(), Service(), Source()
    errors.install(app)
    none: Any = None
    app.include_router(api.router(cast(Any, service), none, none, none, source, none))
    client = TestClient(app, client=("203.0.113.9", 1))
    sent = client.post("/api/messages", json={"id": NUMBER, "text": "x"}, headers={"Authorization": "Bearer x"})
    assert sent.status_code == 202
    assert service.accounts == [source.of("203.0.113.9")]


async def test_the_door_without_scripts_says_it_too() -> None:
    service, source = Service(), Source()
    words: Any = SimpleNamespace(fallback=lambda code: "en")
    none: Any = None
    plain = Plain(cast(Any, service), none, words, none, none, none, none, source, none, frozenset())
    slip: Any = SimpleNamespace(token="x", language="en", fresh=False)
    with pytest.raises(AttributeError):  # there is no page to answer with
        await plain._done(request("203.0.113.9"), {"do": "send", "text": "x"}, slip, "en")
    assert service.accounts == [source.of("203.0.113.9")]
