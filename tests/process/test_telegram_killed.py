"""`kill -9` of the gateway while two thousand updates come: each is answered exactly once."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from bot import content
from tests.support.gateway import ROOT, Gateway, wait_for
from tests.support.ports import free_port
from tests.support.telegram import Person, environment, telegram

pytestmark = pytest.mark.night

WORDS = content.load(ROOT / "content")
UPDATES = int(os.environ.get("INLOOP_TEST_TELEGRAM_UPDATES", "2000"))
PEOPLE = 20
KILLS = 8
QUESTIONS = ("is it free", "where can i sleep", "my boss keeps my passport", "i did not get my wages")


@pytest.mark.timeout(3600)  # its length is that of two thousand whole turns, on whatever machine
def test_two_thousand_updates_and_eight_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(2026)
    with telegram() as wire:
        gateway = Gateway(tmp_path, free_port(), environment(wire, tmp_path))
        gateway.start()
        people = [Person(wire, 9000 + n) for n in range(PEOPLE)]
        each = UPDATES // PEOPLE
        try:
            for n in range(each):
                for person in people:
                    person.write(QUESTIONS[n % len(QUESTIONS)])
            for kill in range(KILLS):
                share = (kill + rng.random()) / (KILLS + 1)
                wait_for("updates to kill in", lambda s=share: wire.offset >= s * UPDATES, 900)
                gateway.kill()
                gateway.start(engine=False)
            wait_for("every update is acknowledged", lambda: wire.waiting() == 0, 1200)
            answers = {WORDS.answer(topic, "en").text for topic in WORDS.topics} | {WORDS.say("engine_down", "en")}

            def answered(person: Person) -> int:
                return sum(count for text, count in person.counted().items() if text in answers)

            for person in people:
                wait_for("every message is answered", lambda p=person: answered(p) >= each, 120)
            wrong = {person.number: person.counted() for person in people if answered(person) != each}
            assert wrong == {}, [(c["message_id"], c["chat_id"]) for c in wire.called("editMessageText")]
            for person in people:
                assert person.counted()[WORDS.say("telegram.intro", "en")] == 1
        finally:
            gateway.stop()
