"""A browser of five years ago, for tests: Chromium 92 of July 2021, as the npm package `chrome-aws-lambda` carries it
(its lock is in `old_browser/`; 48 MB are fetched once).

Playwright starts it and speaks with it, but the helpers that it puts into a page are newer than the browser. So a page
is asked in plain JavaScript what there is and where, and is touched and typed into as a thumb would.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page

HERE = Path(__file__).parent / "old_browser"
ARGUMENTS = ["--headless", "--no-sandbox", "--no-zygote", "--disable-gpu", "--in-process-gpu"]


def installed() -> Path:
    """The browser's program. Where there is no Node or no registry the test is skipped, but not in CI."""
    without = pytest.fail if "CI" in os.environ else pytest.skip
    if shutil.which("node") is None or shutil.which("npm") is None:
        without("no Node here: the old browser of the tests (npm: chrome-aws-lambda) needs node and npm")
    program = HERE / "node_modules" / ".browser" / "chromium"
    with (HERE / "package-lock.json").open() as lock:  # files of tests run two at a time
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            for command in (["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], ["node", "unpack.js"]):
                done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=300)
                if done.returncode != 0:
                    without(f"{' '.join(command)} failed, so there is no old browser: {done.stderr[-300:]}")
    return program


class OldPage:
    """A page of it, touched at the place where something is seen."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)

    def wait(self, condition: str, argument: Any = None) -> None:
        """Until the JavaScript expression is true; `argument` is `wanted` in it. Twenty seconds at most."""
        end = time.monotonic() + 20
        while True:
            try:
                if self.page.evaluate(f"(wanted) => {condition}", argument):
                    return
            except Error as error:  # asked just when one page made way for the next
                if "context was destroyed" not in str(error):
                    raise
            assert time.monotonic() < end, (condition, argument)
            self.page.wait_for_timeout(50)

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.page.evaluate(
            "(s) => [...document.querySelectorAll(s)].map((node) => node.innerText.trim())", selector
        )
        return found

    def wait_for(self, selector: str, text: str) -> None:
        """Until something of `selector` says `text`."""
        self.wait(
            "[...document.querySelectorAll(wanted[0])].some((node) => node.innerText.includes(wanted[1]))",
            [selector, text],
        )

    def tap(self, selector: str, text: str = "") -> None:
        """Touches the first of `selector` that says `text`, where it is seen: nothing may lie over it."""
        shown = "n.innerText.includes(wanted[1]) && n.offsetParent"
        find = f"[...document.querySelectorAll(wanted[0])].find((n) => {shown})"
        # Before its styles are there a page lies elsewhere: what is measured then is not where it will be touched.
        self.wait(f"document.readyState === 'complete' && !!({find})", [selector, text])
        place = self.page.evaluate(
            f"""(wanted) => {{
              const node = {find};
              node.scrollIntoView({{ block: "nearest" }});
              const box = node.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
              return {{ x, y, seen: node.contains(document.elementFromPoint(x, y)) }};
            }}""",
            [selector, text],
        )
        assert place["seen"], f"something lies over {selector} {text}"
        self.page.touchscreen.tap(place["x"], place["y"])

    def write(self, text: str) -> None:
        self.tap("#text")
        self.page.keyboard.insert_text(text)
        self.tap("#write .primary")
