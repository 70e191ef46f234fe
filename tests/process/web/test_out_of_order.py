"""A gateway that cannot start, and what a real installation does not show."""

from __future__ import annotations

import contextlib
from pathlib import Path

import httpx
import pytest

from tests.support.gateway import Gateway, running, wait_for
from tests.support.ports import free_port

PUBLIC = {"INLOOP_PUBLIC_URL": "https://chat.example.org"}
NO_ENGINE = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "s" * 20}


def damaged(folder: Path, env: dict[str, str], file: str = "inloop.db") -> Gateway:
    """Whose database is none, or another of its files."""
    (folder / "data").mkdir(mode=0o700)
    (folder / "data" / file).write_bytes(b"no database" * 1000)
    return Gateway(folder, free_port(), NO_ENGINE | env)


def begin(gateway: Gateway) -> None:
    """Starts it without waiting: it is never healthy."""
    with contextlib.suppress(AssertionError):
        gateway.start(engine=False, seconds=0)


@pytest.mark.parametrize("file", ["inloop.db", "page.key"])
def test_who_comes_while_it_cannot_start_gets_the_numbers(tmp_path: Path, file: str) -> None:
    gateway = damaged(tmp_path, PUBLIC, file)
    with httpx.Client(base_url=gateway.url) as http:
        begin(gateway)
        try:
            wait_for("a page", lambda: http.get("/").status_code == 503)
            for path in ("/", "/desk", "/health"):
                answer = http.get(path)
                assert answer.status_code == 503
                assert "112" in answer.text and "no-store" in answer.headers["cache-control"]
            assert http.post("/api/conversations", json={}).status_code == 503
        finally:
            gateway.stop()
    assert "Traceback" not in gateway.log
    assert "gateway.cannot_start" in gateway.log


def test_by_hand_it_ends_at_once_and_says_where_to_look(tmp_path: Path) -> None:
    gateway = damaged(tmp_path, {})
    begin(gateway)
    assert gateway.process is not None
    assert gateway.process.wait(120) == 1
    assert "inloop doctor" in gateway.log and "Traceback" not in gateway.log


def test_the_contract_is_not_served_to_the_world(tmp_path: Path) -> None:
    with running(tmp_path, free_port(), engine=False, env=NO_ENGINE | PUBLIC | {"INLOOP_PAGE_KEY": "x"}) as gateway:
        assert httpx.get(gateway.url + "/openapi.json").status_code == 404
