"""Every answer keeps the page to itself: no third party, no frame, no referrer, no cache, no inline script."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.support.gateway import Gateway

PATHS = ["/", "/desk", "/words/en", "/static/visitor.js", "/static/desk.css", "/api/messages", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers(gateway: Gateway, path: str) -> None:
    headers = httpx.get(gateway.url + path, follow_redirects=True).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "server" not in headers
    assert "strict-transport-security" not in headers, "only behind TLS"


@pytest.mark.parametrize("path", ["/", "/desk"])
def test_pages_load_nothing_from_elsewhere(gateway: Gateway, path: str) -> None:
    html = httpx.get(gateway.url + path, follow_redirects=True).text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert any(address.endswith(".js") or ".js?" in address for address in addresses), "its own script, for one"
    for address in addresses:
        assert not address.startswith(("http:", "https:", "//")), address
    assert "<script>" not in html
    assert " style=" not in html
    assert not re.search(r"\son\w+=", html)


def test_the_visitor_page_sets_no_cookie_and_its_title_says_nothing(gateway: Gateway) -> None:
    answer = httpx.get(gateway.url + "/")
    assert "set-cookie" not in answer.headers
    title = re.search("<title>(.*?)</title>", answer.text)
    assert title is not None
    assert title.group(1) == "Chat"


def test_the_first_load_is_small(gateway: Gateway) -> None:
    """The words of the phone's language included: they come with the page."""
    import gzip

    html = httpx.get(gateway.url + "/").text
    files = [html, *(httpx.get(gateway.url + "/" + p).text for p in re.findall(r'(?:src|href)="(static/[^"]+)"', html))]
    assert sum(len(gzip.compress(f.encode())) for f in files) < 17_000


def test_leaving_goes_to_the_harmless_page_without_a_script(gateway: Gateway) -> None:
    answer = httpx.get(gateway.url + "/leave")
    assert answer.status_code == 303
    assert answer.headers["location"] == "https://www.meteo.be/"
