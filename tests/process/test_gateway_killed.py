"""`kill -9` of the gateway under load: every accepted message is there once, and is answered once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from bot import content
from tests.support.gateway import ROOT, Gateway, wait_for
from tests.support.ports import free_port

pytestmark = pytest.mark.night

WORDS = content.load(ROOT / "content")
PEOPLE = 10
MESSAGES = 100
KILLS = 5
# Each plainly of one topic: a message about two is rightly answered twice.
QUESTIONS = (
    "is it free",
    "where can i sleep",
    "my boss keeps my passport",
    "i did not get my wages",
    "can i get a lawyer",
)


class Person(threading.Thread):
    """Writes `MESSAGES`, each again and again under the same id until it is accepted, and reads now and then, as a
    browser does."""

    def __init__(self, url: str, number: int) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.number = number
        self.accepted: dict[str, int] = {}
        self.retried = 0
        self.token = ""

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=5) as http:
            self.token = self.until(lambda: http.post("/api/conversations", json={"language": "en"}), 201).json()[
                "token"
            ]
            http.headers["Authorization"] = f"Bearer {self.token}"
            for n in range(MESSAGES):
                text = f"{QUESTIONS[n % len(QUESTIONS)]} ({self.number}.{n})"
                message = {"id": str(uuid4()), "text": text}
                answer = self.until(lambda m=message: http.post("/api/messages", json=m), 202)
                self.accepted[text] = answer.json()["seq"]
                if n % 7 == 0:
                    self.until(lambda: http.get("/api/messages", params={"after": 10**6}), 200)

    def until(self, call: Callable[[], httpx.Response], status: int) -> httpx.Response:
        end = time.monotonic() + 240
        while time.monotonic() < end:
            try:
                answer = call()
                if answer.status_code == status:
                    return answer
            except httpx.HTTPError:
                pass
            self.retried += 1
            time.sleep(0.1)
        raise AssertionError("never accepted")

    def messages(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        with httpx.Client(base_url=self.url, timeout=30, headers={"Authorization": f"Bearer {self.token}"}) as http:
            while True:
                after = found[-1]["seq"] if found else 0
                part = http.get("/api/messages", params={"after": after}).json()["messages"]
                if not part:
                    return found
                found += part


@pytest.mark.timeout(1200)  # its length is that of a thousand whole turns, on whatever machine
def test_a_thousand_messages_and_five_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(2026)
    gateway = Gateway(tmp_path, free_port())
    gateway.start()
    people = [Person(gateway.url, n) for n in range(PEOPLE)]
    for person in people:
        person.start()
    try:
        for kill in range(KILLS):
            # After a random share of the messages, so that the kills fall all over the run on any machine.
            share = (kill + rng.random()) / (KILLS + 1)
            wanted = int(share * PEOPLE * MESSAGES)
            wait_for("messages to kill in", lambda w=wanted: sum(len(p.accepted) for p in people) >= w, 240)
            gateway.kill()
            gateway.start(engine=False)
        for person in people:
            person.join(240)
            assert not person.is_alive()
        assert sum(p.retried for p in people) > 0, "no kill was felt: the test tested nothing"
        for person in people:
            complete(person)
    finally:
        gateway.stop()


def answers(said: list[dict[str, object]]) -> list[dict[str, object]]:
    offers = {WORDS.say("language.offer", language.code) for language in WORDS.languages}
    return [m for m in said if m["from"] == "bot" and m["text"] not in offers]


def complete(person: Person) -> None:
    """Everything accepted is there once, under its place, and is answered once."""

    def all_answered() -> bool:
        said = person.messages()
        return len(answers(said)) >= 1 + MESSAGES

    wait_for("every message is answered", all_answered, 120)
    time_of_rest = len(person.messages())
    said = person.messages()
    assert len(said) == time_of_rest
    written = [m for m in said if m["from"] == "person"]
    assert Counter(m["text"] for m in written) == Counter(person.accepted.keys())
    assert {m["text"]: m["seq"] for m in written} == person.accepted
    assert [m["seq"] for m in said] == list(range(1, len(said) + 1))
    # One welcome, and one answer to each message. An offer to go on in another language is beside the answer.
    assert len(answers(said)) == 1 + MESSAGES, Counter(m["text"][:40] for m in answers(said))
