"""The whole of it, in real time: somebody in danger writes, the first on call is paged by the running gateway, it is
killed, another starts, the second is paged, taps the link, and the person has read what is true."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.support.caseworker import accept, first
from tests.support.gateway import INLOOP, ROOT, Gateway, Visitor, wait_for
from tests.support.pages import Receiver, receiver
from tests.support.ports import free_port

pytestmark = pytest.mark.night

DANGER = "help me, he locked me in and he has a knife"


@pytest.fixture
def pages() -> Iterator[Receiver]:
    """The receiver, in a thread of its own: everything else here blocks."""
    loop, ready, made = asyncio.new_event_loop(), threading.Event(), []
    done = asyncio.Event()

    async def serve() -> None:
        async with receiver(lambda: datetime.now(UTC)) as each:
            made.append(each)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(10)
    yield made[0]
    loop.call_soon_threadsafe(done.set)
    thread.join()
    loop.close()


def calendar(folder: Path) -> Path:
    """An is on call, Bart behind her, from yesterday to tomorrow."""
    day = timedelta(days=1)
    begins, ends = (f"{moment:%Y%m%dT%H%M%SZ}" for moment in (datetime.now(UTC) - day, datetime.now(UTC) + day))
    events = [
        f"BEGIN:VEVENT\r\nUID:{title}\r\nDTSTAMP:{begins}\r\nDTSTART:{begins}\r\nDTEND:{ends}\r\nSUMMARY:{title}\r\n"
        "END:VEVENT\r\n"
        for title in ("Wacht coordinator", "2e wacht Bart")
    ]
    path = folder / "rota.ics"
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{''.join(events)}END:VCALENDAR\r\n"
    path.write_text(text, encoding="utf-8")
    return path


def test_whoever_is_on_call_is_paged_through_a_kill_of_the_gateway(tmp_path: Path, pages: Receiver) -> None:
    env = {"INLOOP_ROTA": json.dumps([str(calendar(tmp_path))]), "INLOOP_LADDER_SECONDS": "10"}
    env |= {"INLOOP_PAGE_LANGUAGE": "en", "INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "x"}
    gateway = Gateway(tmp_path, free_port(), env)
    try:
        gateway.start(engine=False)
        an = first(gateway)
        made = an.http.post("/desk/api/invites", json={"name": "Bart"})
        bart = accept(gateway.url, made.json()["path"], "Bart")
        for name, to in (("coordinator", "an"), ("Bart", "bart")):
            command = [str(INLOOP), "caseworker", "page", name, pages.url(to)]
            set_up = subprocess.run(command, env=gateway._env, cwd=ROOT, capture_output=True, check=False)
            assert set_up.returncode == 0, set_up.stderr
        person = Visitor(gateway.url)
        person.write(DANGER)
        (page,) = wait_for("the first on call is paged", lambda: [p for p in pages.to("an") if "Emerg" in p.title])
        assert re.fullmatch(r"Inloop: Emergency [A-Z2-9]{2}-[A-Z2-9]{3}", page.title)
        wait_for("the person is told", lambda: [m for m in person.messages() if "has been called" in m["text"]])
        gateway.kill()
        gateway.start(engine=False)
        (second,) = wait_for("the second is paged", lambda: pages.to("bart"))
        assert second.at > page.at
        assert len([each for each in pages.to("an") if "Emergency" in each.title]) == 1
        tapped = httpx.post(second.body, headers={"Accept-Language": "en"})
        assert tapped.status_code == 200 and "Noted" in tapped.text
        (case,) = bart.queue()
        assert case["coming"]
        assert bart.claim(case["id"]).status_code == 200
        told = [m["text"] for m in person.messages()]
        assert sum("has been called" in text for text in told) == 1
        assert "knife" not in gateway.log and "/page/" not in gateway.log and pages.url("an") not in gateway.log
    finally:
        if gateway.process is not None and gateway.process.poll() is None:
            gateway.stop()
