"""What training says while it goes on."""

from __future__ import annotations

import re

from bot.training.run import timed


def test_each_stage_says_when_it_began() -> None:
    told: list[str] = []
    progress = timed(told.append)
    progress("sentence vectors")
    progress("danger: learning")
    assert [re.sub(r"^ *\d+ s  ", "", line) for line in told] == ["sentence vectors", "danger: learning"]
    assert all(re.match(r" *\d+ s  ", line) for line in told)
