"""What the contract allows and what it forbids, made by schemathesis from `/openapi.json` for each route of visitor and
desk: no answer of 500 or more, no failure in the log, and everybody still gets in afterwards.

A minute at most in the suite; `INLOOP_TEST_FUZZ=2000` makes so many requests of each kind.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from bot.bootstrap import Parts
from tests.support.databases import Clock
from tests.support.desk import Colleague, join
from tests.support.house import served
from tests.unit.fuzz import counting, inputs

pytestmark = pytest.mark.night

EACH = int(os.environ.get("INLOOP_TEST_FUZZ", "12"))
SECONDS = 60.0 if "INLOOP_TEST_FUZZ" not in os.environ else 24 * 3600.0
STREAMS = {"/api/events", "/desk/api/events"}
"""They never end by themselves; tests/process/web/test_visitor_api.py and tests/process/desk/test_live.py read them."""


@dataclass
class House:
    """The app, served from a thread of its own."""

    url: str = ""
    parts: Parts | None = None
    colleague: Colleague | None = None
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    ready: threading.Event = field(default_factory=threading.Event)
    ends: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, folder: Path) -> None:
        clock = Clock()
        async with served(folder, clock) as (self.url, self.parts):
            self.colleague = await join(self.parts.store, clock, "Els")
            self.ready.set()
            await self.ends.wait()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House()
    folder = tmp_path_factory.mktemp("fuzz")
    thread = threading.Thread(target=lambda: made.loop.run_until_complete(made.run(folder)), daemon=True)
    thread.start()
    assert made.ready.wait(120)
    yield made
    made.loop.call_soon_threadsafe(made.ends.set)
    thread.join(60)
    made.loop.close()


def answers(operation: Any, mode: GenerationMode, headers: dict[str, str], seconds: float) -> list[int]:
    """The statuses of `EACH` requests of one operation, or of as many as there is time for."""
    found: list[int] = []
    ends = time.monotonic() + seconds

    def send(case: Any) -> None:
        if not found or time.monotonic() < ends:
            found.append(case.call(headers=headers, timeout=30).status_code)

    how = settings(
        max_examples=EACH, deadline=None, database=None, derandomize="INLOOP_TEST_FUZZ" not in os.environ,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        how(given(case=operation.as_strategy(generation_mode=mode))(send))()
    except Unsatisfiable:  # nothing can be wrong in a request without a parameter
        assert mode is GenerationMode.NEGATIVE
    return found


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_no_request_breaks_anything(house: House, mode: GenerationMode, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    assert house.parts is not None
    assert house.colleague is not None
    schema = schemathesis.openapi.from_url(f"{house.url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [operation for operation in operations if operation.path not in STREAMS]
    assert {operation.path.split("/")[1] for operation in operations} == {"api", "desk"}
    broken, sent = [], {}
    for operation in operations:
        person = house.do(house.parts.store.create_conversation("en"))
        headers = {
            "Authorization": f"Bearer {person.token}", "Cookie": f"desk={house.colleague.cookie}",
            "X-Desk-Token": house.colleague.session.csrf,
        }  # fmt: skip
        if operation.label == "DELETE /desk/api/session":
            del headers["X-Desk-Token"]  # it would log the others out
        statuses = answers(operation, mode, headers, SECONDS / 2 / len(operations))
        sent[operation.label] = len(statuses)
        broken += [(operation.label, status) for status in statuses if status >= 500]
    counting.add(f"OpenAPI of visitor and desk, {mode.value}", sum(sent.values()))
    assert broken == []
    unsent = [label for label, count in sent.items() if count == 0]
    assert mode is GenerationMode.NEGATIVE or unsent == []
    assert len(sent) - len(unsent) > 10, sent
    failures = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert failures == []
    again = house.do(house.parts.store.create_conversation("en"))
    assert house.do(house.parts.store.open_by_token(again.token)) is not None


def test_no_form_link_or_header_breaks_anything(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """What is in no contract: the page without scripts, its slips; links of pages, invitations, calendars; headers."""
    caplog.set_level(logging.ERROR)
    client = httpx.Client(base_url=house.url, timeout=30)
    slip = client.post("/talk", data={"language": "en"}).text.partition('name="slip" value="')[2].partition('"')[0]
    client.post("/talk", data={"slip": slip, "do": "start"})
    value = inputs.TEXT.map(lambda text: text[:3000])
    do = st.sampled_from(["start", "restore", "send", "look", "earlier", "delete", "person", "leave", "forget", "x"])
    field = {
        "slip": st.one_of(st.just(slip), st.just(slip), value, inputs.cut(slip)),
        "do": st.one_of(do, do, do, value),
    }
    fields = inputs.mapping(
        {**field, "text": value, "code": value, "choice": value, "once": value, "language": value}, value
    )
    form = fields.map(lambda data: ("POST", "/talk", {}, urlencode(data, errors="surrogatepass").encode()))
    raw = st.binary(max_size=200).map(lambda body: ("POST", "/talk", {}, body))
    part = value.map(lambda text: quote(text[:90], safe="", errors="surrogatepass"))
    place = st.sampled_from(["/page/{}", "/desk/invite/{}", "/desk/calendar/{}.ics", "/words/{}", "/static/{}", "/{}"])
    link = st.builds(lambda where, what: ("GET", where.format(what), {}, b""), place, part)
    tap = part.map(lambda what: ("POST", f"/page/{what}", {}, b""))
    name = st.sampled_from(
        [
            "Authorization",
            "Cookie",
            "Accept-Language",
            "Last-Event-ID",
            "Origin",
            "Sec-Fetch-Site",
            "X-Desk-Token",
            "Inloop-Proof",
            "Content-Type",
        ]
    )
    said = st.one_of(
        st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=60),
        st.sampled_from(["Bearer ²", "desk=;;=", "*", "en;q=x,,"]),
    ).map(lambda text: text.strip().encode("latin-1"))
    path = st.sampled_from(
        [
            ("GET", "/api/messages?after=0"),
            ("GET", "/desk/api/session"),
            ("POST", "/talk"),
            ("GET", "/"),
            ("POST", "/api/conversations"),
            ("GET", "/metrics"),
        ]
    )
    headed = st.builds(
        lambda at, headers: (*at, headers, b'{"language": "en"}'), path, st.dictionaries(name, said, max_size=3)
    )
    statuses: list[int] = []

    def send(request: tuple[str, str, dict[str, bytes], bytes]) -> None:
        method, where, headers, body = request
        of_form = {"Content-Type": "application/x-www-form-urlencoded"} if where == "/talk" else {}
        answer = client.request(method, where, headers={**of_form, **headers}, content=body or None)
        statuses.append(answer.status_code)
        assert answer.status_code < 500, (method, where)

    often = 12 * EACH if "INLOOP_TEST_FUZZ" in os.environ else 60
    how = settings(
        max_examples=often,
        deadline=None,
        database=None,
        derandomize="INLOOP_TEST_FUZZ" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    how(given(request=st.one_of(form, form, raw, link, tap, headed))(send))()
    client.close()
    counting.add("forms without scripts, links, headers", len(statuses))
    assert len(statuses) > 20
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
