"""A thousand clients that mean no good, on loopback, while fifty people talk: each message that is dangerous has its
card while they attack, newcomers still get in, and the gateway stays as large as it was.

How soon a card comes depends on what else the machine does: `make bench` has it beside what it takes in peace, and
`INLOOP_TEST_SIEGE=30` holds every single card to two seconds, for so many seconds of attack on two cores of one's own
(docs/decisions/0092-abuse.md).
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.support.gateway import Visitor, running
from tests.support.ports import free_port
from tests.support.siege import PEOPLE, said, siege

pytestmark = pytest.mark.night

ALONE = "INLOOP_TEST_SIEGE" in os.environ
SECONDS = float(os.environ.get("INLOOP_TEST_SIEGE", "20"))
CARD = 2.0


def test_whoever_is_in_danger_gets_the_card_while_a_thousand_attack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = {"INLOOP_CONVERSATIONS_PER_MINUTE": "60", "INLOOP_MESSAGES_PER_MINUTE": "60"}
    with running(tmp_path, free_port(), env=env) as gateway:
        assert gateway.process is not None
        figures = asyncio.run(siege(gateway.port, gateway.process.pid, SECONDS))
        with capsys.disabled():
            print("\n" + said(figures))
        assert len(figures.cards) == PEOPLE
        if ALONE:
            assert max(figures.cards) < CARD, said(figures)
        assert figures.newcomers, "somebody new got in"
        assert figures.connections > 500, "a thousand came"
        most, before = figures.memory
        assert most - before < 300e6, said(figures)
        kinds = {kind.split()[0] for kind in figures.hostile}
        assert {"flood", "forged", "replayed", "talking", "huge"} <= kinds, "it was attacked"
        assert not any(kind.split()[-1].startswith("5") for kind in figures.hostile), figures.hostile
        assert '"level": "error"' not in gateway.log
        assert Visitor(gateway.url).ask("is it free")
