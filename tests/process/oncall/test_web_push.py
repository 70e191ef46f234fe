"""A caseworker is paged in a browser of theirs: what arrives there, and that nothing of it holds up anybody else."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.domain.web_push import Subscription
from bot.oncall.web_push import NotPublic, WebPush, public_address
from bot.security.push_message import public_bytes, vapid_key
from bot.storage.oncall.phones import phone_lookup
from bot.storage.sealing.envelopes import derive_token
from bot.storage.tables.conversations import desk_sessions
from tests.support.oncall import ADDRESS, COORDINATOR, FIRST, KEY, OTHER, SECOND, World
from tests.support.pages import HANGS as HANGING
from tests.support.push_service import (
    FLOODS,
    GONE,
    HANGS,
    HOST,
    REDIRECTS,
    REFUSES,
    Browser,
    PushService,
    push_service,
    signed,
)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[PushService]:
    async with push_service(tmp_path) as made:
        yield made


def sender(world: World, service: PushService, hosts: Sequence[str] = (HOST,), seconds: float = 10.0) -> WebPush:
    return WebPush(
        world.store, KEY, hosts, ADDRESS, world.clock, resolve=service.resolve, trust=service.trust, seconds=seconds
    )


async def phone(world: World, who: int, name: str) -> Browser:
    """A browser in which somebody has chosen to be paged."""
    browser, row = Browser(name), {"caseworker": who, "wrapped": b"", "device": "phone", "confirmed_at": None}
    row |= {"lookup": derive_token(name).lookup, "created_at": world.clock(), "seen_at": world.clock()}
    async with world.store._db.write() as connection:
        await connection.execute(insert(desk_sessions), [row])
    await world.store.add_phone(who, name, browser.endpoint, browser.public, browser.auth, KEY)
    return browser


def subscription(browser: Browser) -> Subscription:
    return Subscription(phone_lookup(browser.endpoint), browser.endpoint, browser.public, browser.auth)


async def test_it_holds_urgency_and_number_and_nothing_else(world: World, service: PushService) -> None:
    await world.team(FIRST)
    world.push, browser = sender(world, service), await phone(world, FIRST, "an")
    world.gateway()
    person, number = await world.danger()
    await world.round()
    (sent,) = service.sent
    assert browser.opened(sent.body) == {"title": f"Inloop: Emergency {number}", "case": number}
    assert sent.headers.keys() - {"accept", "accept-encoding", "connection", "user-agent"} == {
        "host", "authorization", "content-encoding", "content-type", "content-length", "ttl", "urgency",
    }  # fmt: skip
    assert (sent.headers["host"], sent.headers["content-encoding"]) == (HOST, "aes128gcm")
    _, claims, key = signed(sent.headers["authorization"])
    assert (claims["aud"], claims["sub"], key) == (f"https://{HOST}", ADDRESS, public_bytes(vapid_key(KEY)))
    assert "handoff.called" in await world.told(person), "a page has arrived somewhere"
    assert world.paged(number) == []


async def test_who_has_only_a_browser_is_on_call_and_by_the_same_rules(world: World, service: PushService) -> None:
    await world.team(FIRST, SECOND, COORDINATOR, OTHER)
    world.push, browser = sender(world, service), await phone(world, SECOND, "bart")
    gateway = world.gateway()
    reach = await gateway.roster.reach()
    assert (reach.first, reach.second, reach.everyone) == (None, SECOND, (SECOND,))
    _, number = await world.asks()
    await world.round()
    assert service.sent == [], "without danger the first two minutes are the desk's"
    world.pass_by(120)
    await world.round()
    assert [browser.opened(sent.body)["case"] for sent in service.sent] == [number]


async def test_without_the_switch_nobody_is_paged_so(world: World, service: PushService) -> None:
    await world.team(FIRST, SECOND, COORDINATOR, OTHER)
    await phone(world, FIRST, "an")
    gateway = world.gateway()
    assert (await gateway.roster.reach()).everyone == ()
    await world.danger()
    await world.round()
    assert service.sent == []


@pytest.mark.parametrize("status", [404, GONE])
async def test_who_is_gone_is_forgotten_and_the_next_is_called(
    world: World, service: PushService, status: int
) -> None:
    await world.team(FIRST)
    world.push = sender(world, service)
    await phone(world, FIRST, "an")
    service.moods["an"] = status
    world.gateway()
    _, number = await world.danger()
    await world.round()
    assert await world.store.phones(KEY) == {}
    await world.round()
    assert world.paged(number) == [str(SECOND)]


@pytest.mark.parametrize("mood", [REFUSES, REDIRECTS, 500])
async def test_a_page_that_is_refused_is_a_page_that_failed(world: World, service: PushService, mood: int) -> None:
    await world.team(FIRST)
    world.push = sender(world, service)
    await phone(world, FIRST, "an")
    service.moods["an"] = mood
    world.gateway()
    _, number = await world.danger()
    await world.round()
    await world.round()
    assert world.paged(number) == [str(SECOND)], "the next one, without the minute"
    assert [sent.to for sent in service.sent] == ["an"], "and no redirect is followed"
    assert list(await world.store.phones(KEY)) == [FIRST]


async def test_a_push_service_that_is_dead_or_silent_holds_up_no_other_way(
    world: World, service: PushService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    await world.team()
    world.push = sender(world, service, seconds=0.2)
    for name, who in (("an", FIRST), ("bart", SECOND)):
        await phone(world, who, name)
        service.moods[name] = HANGS
    world.gateway()
    _, number = await world.danger()
    await world.round()
    assert world.paged(number) == [str(FIRST)], "her other address has it"
    service.port = 9  # nothing listens there
    world.pass_by(60)
    await world.round()
    assert world.paged(number) == [str(FIRST), str(SECOND)]
    ours = [vars(record) for record in caplog.records if record.name.startswith("bot.")]
    assert "push.failed" in [record["msg"] for record in ours]
    assert HOST not in str(ours) and "/send/" not in str(ours)


async def test_a_way_that_hangs_holds_up_no_push(world: World, service: PushService) -> None:
    await world.team()
    world.push, browser = sender(world, service), await phone(world, FIRST, "an")
    world.receiver.moods[str(FIRST)], world.receiver.patience = HANGING, 0.2
    world.gateway()
    _, number = await world.danger()
    await world.round()
    assert browser.opened(service.sent[0].body)["case"] == number


async def test_an_endless_answer_is_not_read(world: World, service: PushService) -> None:
    service.moods["an"] = FLOODS
    assert await sender(world, service).send(subscription(Browser("an")), "Inloop", None)


async def test_a_service_that_is_not_on_the_list_any_more_is_not_asked(world: World, service: PushService) -> None:
    push = sender(world, service, hosts=("other.example.org",))
    assert not await push.send(subscription(Browser("an")), "Inloop", None)
    assert (service.looked_up, service.sent) == ([], [])


async def test_a_certificate_of_another_name_is_refused(world: World, service: PushService) -> None:
    push, browser = sender(world, service, hosts=("*.example.org",)), Browser("an")
    elsewhere = replace(subscription(browser), endpoint="https://other.example.org/send/an")
    assert not await push.send(elsewhere, "Inloop", None)
    assert (service.looked_up, service.sent) == (["other.example.org"], [])


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1",
     "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::"],
)  # fmt: skip
async def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(NotPublic):
        await public_address(address)
    assert await public_address("8.8.8.8") == ("8.8.8.8", 443)


async def test_several_that_wait_are_one_push_without_a_number(world: World, service: PushService) -> None:
    await world.team(FIRST)
    world.push, browser = sender(world, service), await phone(world, FIRST, "an")
    world.gateway()
    for _ in range(2):
        await world.asks()
    world.pass_by(120)
    await world.round()
    assert [browser.opened(sent.body) for sent in service.sent] == [
        {"title": "Inloop: People waiting: 2", "case": None}
    ]  # fmt: skip
