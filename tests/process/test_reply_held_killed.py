"""`kill -9` of the gateway while held replies go out: each is said once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.caseworker import first
from tests.support.gateway import Visitor, running, wait_for
from tests.support.ports import free_port

pytestmark = pytest.mark.night

REPLIES = 12
UNTIL = timedelta(seconds=25)
"""Long enough for all of them to be held on any machine."""


def test_a_kill_loses_and_doubles_no_held_reply(tmp_path: Path) -> None:
    texts = [f"reply {n}" for n in range(REPLIES)]

    def said() -> list[str]:
        return [m["text"] for m in visitor.messages() if m["from"] == "caseworker"]

    with running(tmp_path, free_port(), engine=False) as gateway:
        visitor, noor = Visitor(gateway.url), first(gateway)
        visitor.write("he locked me in and he has a knife, help me")
        case = noor.wait_for_case()["id"]
        assert noor.claim(case).status_code == 200
        hold = {"at": (datetime.now(UTC) + UNTIL).isoformat()}
        for text in texts:
            answer = noor.http.post(
                f"/desk/api/cases/{case}/messages", json={"id": str(uuid4()), "text": text, "hold": hold}
            )
            assert (answer.status_code, answer.json()) == (202, {"seq": None}), answer.text
        assert said() == []
        gateway.kill()  # before its time has come
        gateway.start(engine=False)
        wait_for("the first of them", said)
        gateway.kill()  # while the others go out, or just after
        gateway.start(engine=False)
        wait_for("all of them", lambda: len(said()) >= REPLIES)
        assert sorted(said()) == sorted(texts)
        assert noor.http.get(f"/desk/api/cases/{case}/held").json() == {"held": []}
        assert [m["seq"] for m in visitor.messages()] == list(range(1, len(visitor.messages()) + 1))
