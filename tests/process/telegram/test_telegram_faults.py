"""Telegram slow, away, flooded; updates twice and in any order: nothing is lost and nothing is said twice."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot.content import Catalogue
from tests.support.caseworker import Caseworker, first
from tests.support.databases import PostgresServer
from tests.support.gateway import Gateway, running, wait_for
from tests.support.ports import free_port
from tests.support.telegram import Person, Wire, environment, telegram

pytestmark = pytest.mark.night

QUESTIONS = {"is it free": "cost", "where can i sleep": "shelter", "can i get a lawyer": "legal_aid"}


@pytest.fixture(scope="module")
def line() -> Iterator[Wire]:
    with telegram() as made:
        yield made


@pytest.fixture(scope="module")
def bot(line: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One Inloop for all faults of the line: it has to get over each of them."""
    folder = tmp_path_factory.mktemp("faults")
    with running(folder, free_port(), env=environment(line, folder)) as gateway:
        yield gateway


@pytest.fixture
def wire(line: Wire) -> Iterator[Wire]:
    """The line without a fault, and without a call so far."""
    line.calls.clear()
    yield line
    assert not line.overwritten
    line.mixed, line.down, line.lose_answers, line.flood_until = None, False, 0, 0.0
    line.flood.clear()
    line.slow.clear()


@pytest.fixture
def own_wire() -> Iterator[Wire]:
    with telegram() as made:
        yield made


def test_doubled_and_shuffled_updates_are_each_handled_once(wire: Wire, bot: Gateway, words: Catalogue) -> None:
    wire.mixed = random.Random(70)
    people = [Person(wire, 8000 + n) for n in range(4)]
    for person in people:
        person.write("/start")
        for question in QUESTIONS:
            person.write(question)
    for person in people:
        for topic in QUESTIONS.values():
            person.wait_for(words.answer(topic, "en").text)
    wait_for("all is acknowledged", lambda: wire.waiting() == 0)
    for person in people:
        answers = [text for text in person.texts() if text in {words.answer(t, "en").text for t in QUESTIONS.values()}]
        # within one chat in the order in which they were written, whatever order they came in
        assert answers == [words.answer(topic, "en").text for topic in QUESTIONS.values()]
        assert set(person.counted().values()) == {1}


def test_flood_control_is_obeyed(wire: Wire, bot: Gateway, words: Catalogue) -> None:
    person = Person(wire, 8100)
    wire.flood = [3]
    person.write("/start")
    wait_for("it was told to wait", lambda: wire.flood_until)
    until = wire.flood_until
    wait_for("it goes on", person.texts)
    assert time.monotonic() >= until
    person.wait_for(words.say("telegram.intro", "en"))
    assert set(person.counted().values()) == {1}


def test_an_outage_delays_and_loses_nothing(wire: Wire, bot: Gateway, words: Catalogue) -> None:
    desk: Caseworker = first(bot)
    person = Person(wire, 8200)
    person.write("i want to talk to a human")
    person.wait_for(words.say("handoff.offer", "en"))
    person.press(words.label("choices.yes", "en"))
    case = desk.wait_for_case()
    desk.claim(case["id"])
    person.wait_for(words.say("handoff.joined", "en"))
    before = bot.log.count("telegram.down")
    wire.down = True
    desk.reply(case["id"], "Are you there?")
    person.write("he comes back at ten")
    wait_for("it was felt", lambda: bot.log.count("telegram.down") > before)
    wire.down = False
    person.wait_for("Are you there?", seconds=60)
    wait_for("it is read", lambda: "he comes back at ten" in [m["text"] for m in desk.read(case["id"])], 60)
    assert set(person.counted().values()) == {1}


def test_a_lost_answer_is_not_a_lost_or_a_second_message(wire: Wire, bot: Gateway, words: Catalogue) -> None:
    person = Person(wire, 8300)
    person.write("/start")
    person.wait_for(words.say("telegram.intro", "en"))
    wire.lose_answers = 2
    person.write("is it free")
    person.wait_for(words.answer("cost", "en").text)
    person.write("where can i sleep")  # before the first is known to stand there
    person.wait_for(words.answer("shelter", "en").text)
    assert wire.called("editMessageText"), "nobody looked whether it stands there"
    assert set(person.counted().values()) == {1}


def test_what_was_long_on_its_way_while_others_were_answered_stands_once(
    wire: Wire, bot: Gateway, words: Catalogue
) -> None:
    slow, others = Person(wire, 8310), [Person(wire, 8320 + n) for n in range(8)]
    for person in (slow, *others):
        person.write("/start")
        person.wait_for(words.say("telegram.intro", "en"))
    held = wire.slow[slow.number] = threading.Event()
    slow.write("is it free")
    wait_for("it is on its way", lambda: wire.called("sendMessage")[-1]["text"] == words.answer("cost", "en").text)
    for _ in range(5):
        for person in others:
            person.write("where can i sleep")
    shelter = words.answer("shelter", "en").text
    for person in others:
        wait_for("the others are answered", lambda p=person: p.counted()[shelter] == 5, 60)
    del wire.slow[slow.number]
    held.set()
    slow.wait_for(words.answer("cost", "en").text)
    wait_for("it is looked for", lambda: wire.called("editMessageText"))
    slow.write("where can i sleep")
    slow.wait_for(shelter)
    assert set(slow.counted().values()) == {1}


def test_what_arrived_behind_many_messages_that_nobody_heard_yet_stands_once(
    wire: Wire, bot: Gateway, words: Catalogue
) -> None:
    """Its number is further away than anybody could know, until it was said again: then one of the two goes."""
    slow, crowd = Person(wire, 8340), Person(wire, 8341)
    slow.write("/start")
    slow.wait_for(words.say("telegram.intro", "en"))
    held = wire.slow[slow.number] = threading.Event()
    slow.write("is it free")
    cost = words.answer("cost", "en").text
    wait_for("it is on its way", lambda: wire.called("sendMessage")[-1]["text"] == cost)
    wire.quiet = True
    for _ in range(40):
        crowd.write("/language")
    del wire.slow[slow.number]
    held.set()
    wait_for("it is said again, and one goes", lambda: wire.called("deleteMessages"), 60)
    wire.quiet = False
    slow.write("where can i sleep")
    slow.wait_for(words.answer("shelter", "en").text)
    assert len([call for call in wire.called("sendMessage") if call["text"] == cost]) == 2
    assert set(slow.counted().values()) == {1}
    wait_for("the crowd is answered", lambda: crowd.counted()[words.say("language.ask", "en")] >= 40, 60)


def test_whoever_may_not_ask_whether_it_stands_there_asks_later(wire: Wire, bot: Gateway, words: Catalogue) -> None:
    person = Person(wire, 8350)
    person.write("/start")
    person.wait_for(words.say("telegram.intro", "en"))
    wire.lose_answers, wire.flood_questions[:] = 1, [1, 1]
    person.write("is it free")
    person.wait_for(words.answer("cost", "en").text)
    person.write("where can i sleep")
    person.wait_for(words.answer("shelter", "en").text)
    assert len(wire.called("editMessageText")) >= 3
    assert set(person.counted().values()) == {1}


@pytest.mark.parametrize("arrived", [1, 2])
def test_of_a_long_message_what_arrived_stays_and_the_rest_follows(
    own_wire: Wire, tmp_path: Path, words: Catalogue, arrived: int
) -> None:
    """In two pieces, as Telegram takes no longer ones; of the first, or of the second, nobody hears that it arrived."""
    environ = environment(own_wire, tmp_path, INLOOP_MAX_TEXT="9000")
    with running(tmp_path, free_port(), engine=False, env=environ) as gateway:
        desk, person = first(gateway), Person(own_wire, 8360)
        person.write("/start")
        person.wait_for(words.say("telegram.intro", "en"))
        person.write("he has a knife")
        case = desk.wait_for_case()
        desk.claim(case["id"])
        person.wait_for(words.say("handoff.joined", "en"))
        pieces = ["one ".ljust(4000, "."), "two ".ljust(3000, ".")]
        own_wire.lose_after, own_wire.lose_answers = arrived - 1, 1
        desk.reply(case["id"], "".join(pieces))
        for piece in pieces:
            person.wait_for(piece)
        desk.reply(case["id"], "Are you there?")
        person.wait_for("Are you there?")
        assert own_wire.called("editMessageText"), "nobody looked whether it stands there"
        assert not own_wire.overwritten
        assert {person.counted()[piece] for piece in pieces} == {1}


def test_a_dead_server_at_the_start_keeps_nobody_out_of_the_web(tmp_path: Path) -> None:
    env = {"INLOOP_TELEGRAM_TOKEN": "1:x", "INLOOP_TELEGRAM_API_URL": f"http://127.0.0.1:{free_port()}"}
    with running(tmp_path, free_port(), engine=False, env={**env, "XDG_RUNTIME_DIR": str(tmp_path)}) as gateway:
        wait_for("it is said", lambda: "telegram.away" in gateway.log)
        assert gateway.stop() == 0


def test_what_telegram_brings_is_acknowledged_after_its_turn(own_wire: Wire, tmp_path: Path, words: Catalogue) -> None:
    import httpx

    hook = {"INLOOP_TELEGRAM_WEBHOOK_URL": "https://chat.example.org"}
    with running(tmp_path, free_port(), env=environment(own_wire, tmp_path, **hook)) as gateway:
        [told] = wait_for("the hook is set", lambda: own_wire.called("setWebhook"))
        assert told["url"] == "https://chat.example.org/telegram/webhook"
        person = Person(own_wire, 8400)
        message = {"message_id": 5, "from": person.sender, "chat": person.chat, "date": 0, "text": "is it free"}
        update = {"update_id": 77, "message": message}
        address = gateway.url + "/telegram/webhook"
        for secret in ("", "wrong", "ä"):
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret.encode()}
            assert httpx.post(address, json=update, headers=headers).status_code == 404
        headers = {"X-Telegram-Bot-Api-Secret-Token": told["secret_token"]}
        for _ in range(3):
            assert httpx.post(address, json=update, headers=headers, timeout=30).status_code == 200
        for broken in ([], {}, {"update_id": "x"}, {"update_id": 78, "message": {"chat": 3}}, "text", None):
            wanted = 422 if broken is None else 200  # None: no body at all
            assert httpx.post(address, json=broken, headers=headers).status_code == wanted, broken
        person.wait_for(words.answer("cost", "en").text)
        assert set(person.counted().values()) == {1}


def test_a_gateway_that_waits_to_fetch_goes_on_after_its_database_let_it_go(
    own_wire: Wire, tmp_path: Path, postgres: PostgresServer, words: Catalogue
) -> None:
    """Another gateway fetches, and the database ends the connection of who waits behind it."""
    url = postgres.create()
    name = int.from_bytes(hashlib.blake2b(b"telegram:fetch", digest_size=8).digest(), "big", signed=True)
    waiting = """FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    env = environment(own_wire, tmp_path, INLOOP_DATABASE_URL=url)
    try:
        with psycopg.connect(plain, autocommit=True) as other:
            other.execute("SELECT pg_advisory_lock(%s)", (name,))
            with running(tmp_path, free_port(), env=env) as gateway:
                wait_for("it waits", lambda: other.execute(f"SELECT pid {waiting}").fetchall())
                other.execute(f"SELECT pg_terminate_backend(pid) {waiting}")
                wait_for("it was felt", lambda: "telegram.stopped" in gateway.log)
                other.execute("SELECT pg_advisory_unlock_all()")
                person = Person(own_wire, 8300)
                person.write("/start")
                person.wait_for(words.say("telegram.intro", "en"))
    finally:
        postgres.drop(url)
