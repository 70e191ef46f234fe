"""People who talk while others do what they can to keep them from it; how long each waits for the card.
`python -m tests.support.siege PORT PID` measures a gateway that runs."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from dataclasses import dataclass, field
from uuid import uuid4

import psutil

from bot.security import proof_of_work
from tests.support.gateway import ROOT
from tests.support.wire import Wire, bearer

PEOPLE = 50
HARMLESS = ("is it free", "who are you", "where can I sleep", "do I have to give my name", "thank you")
DANGER = (
    "help me, he locked me in and he has a knife",
    "he is hitting me right now please help",
    "hij heeft mij opgesloten en hij slaat mij",
    "il me frappe, il a un couteau, je suis enfermée",
)


@dataclass
class Figures:
    """In seconds, but for `memory` (bytes, the most at once and before). `calm`: cards before anybody attacked."""

    calm: list[float] = field(default_factory=list)
    cards: list[float] = field(default_factory=list)
    newcomers: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    memory: tuple[int, int] = (0, 0)
    connections: int = 0
    hostile: dict[str, int] = field(default_factory=dict)


def proof(given: str) -> str:
    """The solution of a challenge, as the page finds it."""
    bits, _, challenge = given.partition(" ")
    numbers = []
    for part in range(proof_of_work.PARTS):
        number = 0
        while not proof_of_work.is_solution(challenge, part, str(number), int(bits)):
            number += 1
        numbers.append(str(number))
    return f"{challenge}~{'.'.join(numbers)}"


async def begin(port: int, source: str) -> str:
    """A new talk, with the work that it costs; its token."""
    wire, paid = await Wire(port, source).open(), ""
    try:
        for _ in range(5):
            headers = {"Inloop-Proof": paid} if paid else {}
            answer = await wire.ask("POST", "/api/conversations", {"language": "en"}, headers)
            if answer.status == 201:
                return str(answer.json()["token"])
            assert answer.status == 428, answer
            paid = await asyncio.to_thread(proof, answer.headers["inloop-challenge"])
    finally:
        wire.close()
    raise AssertionError("not let in")


class Person:
    """One who talks, with the page open: a stream, and a message now and then."""

    def __init__(self, port: int, token: str, number: int, figures: Figures) -> None:
        self.port, self.token, self.number, self.figures = port, token, number, figures
        self.cards = 0
        self.card = asyncio.Event()

    async def listen(self) -> None:
        """As the page does: begun again wherever it broke."""
        after = 0
        while True:
            wire = Wire(self.port)
            try:
                await wire.open()
                async for said in wire.events(self.token, after):
                    after = max(after, said["seq"])
                    if said["from"] == "system" and said.get("urgency"):
                        self.card.set()
            except (OSError, EOFError):
                pass
            finally:
                if hasattr(wire, "writer"):
                    wire.close()
            await asyncio.sleep(0.5)

    async def write(self, text: str) -> None:
        wire = await Wire(self.port).open()
        try:
            began = time.monotonic()
            answer = await wire.ask("POST", "/api/messages", {"id": str(uuid4()), "text": text}, bearer(self.token))
            assert answer.status == 202, answer
            self.figures.taken.append(time.monotonic() - began)
        finally:
            wire.close()

    async def warn(self) -> float:
        """Tells of a danger; the seconds until the card."""
        self.card.clear()
        at = time.monotonic()
        await self.write(DANGER[self.number % len(DANGER)])
        await asyncio.wait_for(self.card.wait(), 60)
        return time.monotonic() - at

    async def talk(self, seconds: float, danger_at: float) -> None:
        chance = random.Random(self.number)
        began = time.monotonic()
        await asyncio.sleep(chance.uniform(0, 4))
        warned = False
        # Whose moment passed while they wrote tells of the danger at once, and be it after the end: nobody is left out.
        while time.monotonic() - began < seconds or not warned:
            if not warned and time.monotonic() - began >= danger_at:
                warned = True
                self.figures.cards.append(await self.warn())
            else:
                await self.write(HARMLESS[chance.randrange(len(HARMLESS))])
            left = danger_at - (time.monotonic() - began)
            pause = chance.uniform(3, 6)
            await asyncio.sleep(pause if warned else max(0.0, min(pause, left)))


async def _newcomers(port: int, seconds: float, figures: Figures) -> None:
    began, number = time.monotonic(), 0
    while time.monotonic() - began < seconds - 5:
        number += 1
        at = time.monotonic()
        await begin(port, f"127.0.2.{number}")
        figures.newcomers.append(time.monotonic() - at)
        await asyncio.sleep(3)


async def _watch(process: psutil.Process, figures: Figures) -> None:
    before = process.memory_info().rss
    while True:
        figures.memory = max(figures.memory[0], process.memory_info().rss), before
        figures.connections = max(figures.connections, len(process.net_connections("tcp")))
        await asyncio.sleep(0.5)


async def _calm(port: int, figures: Figures) -> None:
    """What a card takes on this machine while nothing else happens: four people, one after another."""
    for number in range(len(DANGER)):
        person = Person(port, await begin(port, f"127.0.3.{number}"), number, Figures())
        listening = asyncio.create_task(person.listen())
        await person.write(HARMLESS[0])
        figures.calm.append(await person.warn())
        listening.cancel()


async def siege(port: int, pid: int, seconds: float, people: int = PEOPLE) -> Figures:
    """What people saw of a gateway that has been attacked for `seconds`."""
    figures = Figures()
    await _calm(port, figures)
    tokens = [await begin(port, "127.0.0.1") for _ in range(people)]
    persons = [Person(port, token, number, figures) for number, token in enumerate(tokens)]
    beside = [asyncio.create_task(person.listen()) for person in persons]
    beside.append(asyncio.create_task(_watch(psutil.Process(pid), figures)))
    hostile = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.hostile", str(port), str(seconds), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=lambda: os.nice(5),  # in life they have processors of their own
    )  # fmt: skip
    assert hostile.stdout is not None
    try:
        await asyncio.wait_for(hostile.stdout.readline(), 60)
        await asyncio.sleep(3)  # all of them are there
        rest = seconds - 4
        # One after another, but for ten who write in the same moment.
        at = [rest / 2 if number < 10 else 2 + (rest - 4) * number / people for number in range(people)]
        talks = [person.talk(rest - 1, at[person.number]) for person in persons]
        await asyncio.gather(_newcomers(port, rest, figures), *talks)
        figures.hostile = json.loads(await asyncio.wait_for(hostile.stdout.read(), 60))
    finally:
        for task in beside:
            task.cancel()
        ended = await asyncio.gather(*beside, return_exceptions=True)
        if hostile.returncode is None:
            hostile.kill()
        await hostile.wait()
    if faults := [error for error in ended if isinstance(error, Exception)]:
        raise faults[0]  # whoever listened or watched had seen nothing since
    return figures


def said(figures: Figures) -> str:
    """The figures as lines."""
    def spread(values: list[float]) -> str:
        ordered = sorted(values) or [float("nan")]
        middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        return f"{len(values)}: median {middle:.3f}, 95 % {late:.3f}, longest {ordered[-1]:.3f} s"

    most, before = figures.memory
    return "\n".join((
        f"calm cards {spread(figures.calm)}", f"cards {spread(figures.cards)}",
        f"messages taken {spread(figures.taken)}",
        f"newcomers {spread(figures.newcomers)}", f"memory {before / 1e6:.0f} MB before, at most {most / 1e6:.0f} MB",
        f"connections at once {figures.connections}", f"hostile {figures.hostile}",
    ))  # fmt: skip


if __name__ == "__main__":
    print(said(asyncio.run(siege(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))))
