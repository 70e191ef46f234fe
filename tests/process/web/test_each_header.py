"""Each security header by itself, on every kind of answer: pages, files, errors, redirects, streams."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.web.middleware.guard import HEADERS
from tests.support.databases import Clock
from tests.support.house import served

EXPECTED = {
    "Referrer-Policy": "no-referrer",  # the next page does not learn where one came from
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",  # nothing of the page is left on the phone
}
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
OF_DESK = {"trusted-types": "desk-worker", "manifest-src": "'self'"}
"""The desk may start the one worker that its notifications need, and be put on a home screen; no other page may."""
FORBIDDEN_POWERS = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")


async def answers(url: str) -> dict[str, httpx.Headers]:
    """The headers of one answer of every kind."""
    found = {}
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
        opened = await client.post("/api/conversations", json={"language": "en"})
        found["made"] = opened.headers
        for name, path in {
            "page": "/", "desk": "/desk", "words": "/words/en", "script": "/static/visitor.js", "redirect": "/leave",
            "not there": "/nothing", "no file": "/static/nothing.js", "unauthorized": "/api/messages",
            "contract": "/openapi.json", "health": "/health", "unknown link": f"/desk/invite/{'x' * 43}",
        }.items():  # fmt: skip
            found[name] = (await client.get(path)).headers
        found["wrong method"] = (await client.patch("/api/messages")).headers
        found["malformed"] = (await client.post("/api/conversations", content=b"{")).headers
        found["too large"] = (await client.post("/api/conversations", content=b"x" * 100_000)).headers
        found["refused log-in"] = (
            await client.post("/desk/login", json={"name": "x", "password": "x", "code": "1"})
        ).headers
        bearer = {"Authorization": f"Bearer {opened.json()['token']}"}
        async with client.stream("GET", "/api/events", headers=bearer) as stream:
            assert stream.status_code == 200
            found["stream"] = stream.headers
    return found


@pytest.fixture
async def plain(tmp_path: Path) -> AsyncIterator[dict[str, httpx.Headers]]:
    async with served(tmp_path, Clock()) as (url, _):
        yield await answers(url)


async def test_each_header_is_on_each_answer(plain: dict[str, httpx.Headers]) -> None:
    wrong = [
        (kind, name, headers.get(name))
        for kind, headers in plain.items()
        for name, value in EXPECTED.items()
        if headers.get_list(name) != [value]
    ]
    assert wrong == []


async def test_each_directive_of_the_policy_is_on_each_answer(plain: dict[str, httpx.Headers]) -> None:
    for kind, headers in plain.items():
        (policy,) = headers.get_list("content-security-policy")
        found = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert found == DIRECTIVES | (OF_DESK if kind == "desk" else {}), kind


async def test_no_page_may_use_what_a_page_need_not(plain: dict[str, httpx.Headers]) -> None:
    for kind, headers in plain.items():
        powers = {part.strip() for part in headers["permissions-policy"].split(",")}
        assert powers == {f"{name}=()" for name in FORBIDDEN_POWERS}, kind


async def test_no_answer_tells_which_program_this_is_or_keeps_a_cookie(plain: dict[str, httpx.Headers]) -> None:
    for kind, headers in plain.items():
        for name in ("server", "x-powered-by", "via", "set-cookie", "access-control-allow-origin", "etag"):
            assert name not in headers or (name == "etag" and kind == "script"), (kind, name)


async def test_behind_tls_every_answer_keeps_the_browser_on_it(tmp_path: Path) -> None:
    async with served(tmp_path, Clock(), public_url="https://chat.example.org") as (url, _):
        for kind, headers in (await answers(url)).items():
            assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains", kind


async def test_without_tls_no_browser_is_locked_out(plain: dict[str, httpx.Headers]) -> None:
    assert not [kind for kind, headers in plain.items() if "strict-transport-security" in headers]


def test_every_header_of_the_guard_has_its_test() -> None:
    assert set(HEADERS) == set(EXPECTED) | {"Content-Security-Policy", "Permissions-Policy"}
