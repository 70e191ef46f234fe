"""A caseworker at the desk, over HTTP: accepts the one-time link, logs in, works."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pyotp

from tests.support.gateway import HANGS_SECONDS, Gateway, client, wait_for

PASSWORD = "een lange zin voor de nacht"


class Caseworker:
    """Logged in. `code_at` gives one-time codes: each step of thirty seconds is good for one log-in only."""

    def __init__(self, url: str, name: str, secret: str, password: str = PASSWORD) -> None:
        self.url = url
        self.password = password
        self.name = name
        self.totp = pyotp.TOTP(secret)
        self.http = client(url)

    def log_in(self) -> None:
        """With the present code; when that step was used already, with the next, which is accepted a step early."""
        for ahead in (0, 1):
            code = self.totp.at(time.time(), counter_offset=ahead)
            answer = self.http.post(
                "/desk/login", json={"name": self.name, "password": self.password, "code": code}
            )
            if answer.status_code == 200:
                self.http.headers["X-Desk-Token"] = answer.json()["token"]
                return
        raise AssertionError(answer.text)

    def queue(self) -> list[dict[str, Any]]:
        answer = self.http.get("/desk/api/queue")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["cases"]
        return found

    def wait_for_case(
        self, wanted: Callable[[dict[str, Any]], bool] = lambda _: True, seconds: float = HANGS_SECONDS
    ) -> dict[str, Any]:
        """The first case in the queue's order that is `wanted`."""
        return wait_for("a case in the queue", lambda: next(filter(wanted, self.queue()), None), seconds)

    def claim(self, case: int) -> httpx.Response:
        return self.http.post(f"/desk/api/cases/{case}/claim")

    def read(self, case: int) -> list[dict[str, Any]]:
        answer = self.http.get(f"/desk/api/cases/{case}/messages")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def told(self, case: int, language: str) -> list[dict[str, Any]]:
        """What the person answered in forms, as it stands on top of the case."""
        answer = self.http.get(f"/desk/api/cases/{case}/messages", params={"lang": language})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["told"]
        return found

    def reply(self, case: int, text: str) -> None:
        answer = self.http.post(f"/desk/api/cases/{case}/messages", json={"id": str(uuid4()), "text": text})
        assert answer.status_code == 202, answer.text

    def release(self, case: int) -> None:
        assert self.http.post(f"/desk/api/cases/{case}/release").status_code == 204

    def close(self, case: int, outcome: str = "helped", *, of_help: bool = False) -> None:
        body = {"outcome": outcome, "of_help": of_help}
        assert self.http.post(f"/desk/api/cases/{case}/close", json=body).status_code == 204


def accept(url: str, link: str, name: str, password: str = PASSWORD) -> Caseworker:
    """Sets password and code app through a one-time link, and logs in."""
    secret = pyotp.random_base32()
    answer = httpx.post(
        url + link,
        json={"password": password, "totp_secret": secret, "code": pyotp.TOTP(secret).now()},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    caseworker = Caseworker(url, name, secret, password)
    caseworker.log_in()
    return caseworker


def first(gateway: Gateway, password: str = PASSWORD) -> Caseworker:
    """The first caseworker, through the link that `inloop up` prints."""
    found = wait_for("the printed link", lambda: re.search(r"(/desk/invite/\S+)", gateway.log))
    return accept(gateway.url, found.group(1), "coordinator", password)
