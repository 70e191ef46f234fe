"""What people mostly come with, told calmly: papers kept and no pay, something wrong next door, a debt, a boyfriend who
takes the money; four lines in each of the seventeen languages, none with a danger. `plain_complaints.jsonl` was written
before any model was asked."""

from __future__ import annotations

import json
from pathlib import Path

from bot.domain.model import Urgency
from tests.model.danger.conftest import Assess

LINES = [
    json.loads(line)
    for line in Path(__file__).with_name("plain_complaints.jsonl").read_text(encoding="utf-8").splitlines()
]
ALLOWED = 0.1
"""The share of ordinary messages that may be flagged in the worst language."""


def test_a_plain_complaint_is_no_danger(assess: Assess) -> None:
    flagged = [line["text"] for line in LINES if assess(line["text"], lang=line["lang"]).urgency is not Urgency.NONE]
    assert len(LINES) == 68
    assert len(flagged) <= ALLOWED * len(LINES), flagged
