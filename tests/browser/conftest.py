"""A real Chromium, and an Inloop of its own with an empty queue, for what people's eyes and thumbs would do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.gateway import Gateway, running
from tests.support.ports import free_port

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 780}


@pytest.fixture(scope="module")  # not longer: while it is open, no test here can run an event loop of its own
def browser() -> Iterator[Browser]:
    path = os.environ.get("INLOOP_TEST_BROWSER")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running(tmp_path_factory.mktemp("house"), free_port()) as started:
        yield started


class Phone:
    """A page on a phone that notes every request that would leave this machine, and every error of a script."""

    def __init__(self, browser: Browser, url: str, *, locale: str = "fr-BE", dark: bool = False) -> None:
        self.url = url
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True, locale=locale,
            color_scheme="dark" if dark else "light", timezone_id="Europe/Brussels",
        )  # fmt: skip
        self.elsewhere: list[str] = []
        self.errors: list[str] = []
        self.context.route("**/*", self._route)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if "Content Security Policy" in m.text else None)

    def _route(self, route) -> None:
        if route.request.url.startswith((self.url, "data:")):
            route.continue_()
        else:
            self.elsewhere.append(route.request.url)
            route.fulfill(body="<title>Weather</title>sunny", content_type="text/html")


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go: `INLOOP_TEST_PICTURES=docs/pictures` renews those of the documentation."""
    named = os.environ.get("INLOOP_TEST_PICTURES")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
