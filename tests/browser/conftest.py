"""A real Chromium, and an Inloop of its own with an empty queue, for what people's eyes and thumbs would do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.support.gateway import PATIENT, Gateway, running
from tests.support.ports import free_port

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60_000
"""Milliseconds until what must come is given up; against hanging alone. How fast it comes is for `bench/`."""
expect.set_options(timeout=PATIENCE)
PHONE: ViewportSize = {"width": 390, "height": 780}
SMALL: ViewportSize = {"width": 360, "height": 640}


@pytest.fixture(scope="module")  # not longer: while it is open, no test here can run an event loop of its own
def browser() -> Iterator[Browser]:
    path = os.environ.get("INLOOP_TEST_BROWSER")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running(tmp_path_factory.mktemp("house"), free_port(), env=PATIENT) as started:
        yield started


class Phone:
    """A page on a phone that notes every request that would leave this machine, and every error of a script."""

    def __init__(
        self, browser: Browser, url: str, *, locale: str = "fr-BE", dark: bool = False, scripts: bool = True,
        size: ViewportSize = PHONE, sites: tuple[str, ...] = (), is_mobile: bool = True, **more: Any,
    ) -> None:  # fmt: skip
        self.url = url
        self.context: BrowserContext = browser.new_context(
            viewport=size, device_scale_factor=2, has_touch=True, is_mobile=is_mobile, locale=locale,
            color_scheme="dark" if dark else "light", timezone_id="Europe/Brussels", java_script_enabled=scripts,
            **more,
        )  # fmt: skip
        self.elsewhere: list[str] = []
        self.sites = (url, "data:", *sites)
        self.errors: list[str] = []
        self.context.route("**/*", self._route)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if "Content Security Policy" in m.text else None)

    def choose(self, language: str) -> Page:
        """Open Inloop and take a language by its code; return the page, with what stands before the first message."""
        self.page.goto(self.url + "/")
        self.page.locator(f"[name=language][value={language}]").click()
        return self.page

    def start(self, language: str) -> Page:
        """Choose a language and begin the talk; return the page, that may still wait for the greeting."""
        self.choose(language).locator("#start").click()
        return self.page

    def _route(self, route) -> None:
        if route.request.url.startswith(self.sites):
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
