"""What a browser without scripts has on its disk once it is closed: nothing of what was sent from a page of a talk."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.support.gateway import running
from tests.support.ports import free_port

DEAD = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "s" * 20}


@pytest.mark.night  # a gateway and a browser of its own, which are closed
def test_a_browser_that_was_closed_has_written_nothing_that_was_sent(tmp_path: Path) -> None:
    """Whoever gets the phone, and can read its files, finds no words, no draft, and nothing that opens the talk. The
    addresses show that the browser has written down what it knows of its tabs."""
    profile, secrets = tmp_path / "profile", list[str]()
    with running(tmp_path, free_port(), engine=False, env=DEAD) as gateway, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=os.environ.get("INLOOP_TEST_BROWSER"), args=[*ARGUMENTS, "--headless=new"],
            java_script_enabled=False,
        )  # fmt: skip
        page = browser.pages[0]
        page.goto(gateway.url + "/")
        page.get_by_role("button", name="English").click()
        page.locator("#start").click()
        for text in ("is it free CANARY1", "who are you CANARY2"):
            page.locator("#text").fill(text)
            page.locator("#write .primary").click()
            expect(page.locator("#log li.person .text").last).to_have_text(text)
            secrets.append(page.locator("[name=slip]").first.input_value())
        secrets.append(page.locator("#return-code").text_content() or "")
        page.locator("#text").fill("half a thought CANARY3")
        page.locator("#look").click()
        expect(page.locator("#text")).to_have_value("half a thought CANARY3")
        browser.close()
    written = b"".join(file.read_bytes() for file in profile.rglob("*") if file.is_file())
    assert b"/talk" in written
    for secret in ("CANARY", *secrets):
        assert secret
        for raw in (secret.encode(), secret.encode("utf-16-le"), quote_plus(secret).encode()):
            assert raw not in written
