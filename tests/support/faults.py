"""Faults for the on-call tests: a database that breaks off, before or after it has done what it was asked."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import OperationalError

from bot.storage.store import Store


@dataclass(frozen=True)
class Climbed:
    """A rung that was climbed, at a true time (seconds of the clock that never jumps)."""

    number: str
    ladder: int
    rung: int
    at: float


@dataclass
class Flaky:
    """A store whose connection breaks off at random, at `rate` of its calls. It notes every rung that was climbed,
    every page that arrived (`sent`, by the case's number), every case that was taken from its owner (`lapsed`)."""

    store: Store
    chance: random.Random
    steady: Callable[[], float]
    climbed: list[Climbed]
    rate: float = 0.0
    sent: list[tuple[str, float]] = field(default_factory=list)
    lapsed: list[tuple[int, float]] = field(default_factory=list)
    broken: list[float] = field(default_factory=list)
    """When (of the clock that never jumps) the connection broke off."""

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.store, name)

        async def perhaps(*args: Any, **kwargs: Any) -> Any:
            breaks, after = self.chance.random() < self.rate, self.chance.random() < 0.5
            if breaks and not after:
                self.broken.append(self.steady())
                raise OperationalError("", None, ConnectionError("the connection broke off"))
            result = await call(*args, **kwargs)
            if name == "climb" and result is not None:
                self.climbed.append(Climbed(args[0].number, args[0].id, args[1], self.steady()))
            if name == "page_sent":
                self.sent.append((args[0].number, self.steady()))
            if name == "lapse" and result:
                self.lapsed.append((args[0], self.steady()))
            if breaks:
                self.broken.append(self.steady())
                raise OperationalError("", None, ConnectionError("the connection broke off"))
            return result

        return perhaps
