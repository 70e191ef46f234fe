"""Telegram for tests: a Bot API server that is not ours, a wire to it that can be cut, and people who write.

The server is the npm package `telegram-test-api` (its lock is in `telegram_server/`), run by Node. It hands out every
update once and at once, whatever `offset` says, and takes a change of any message. The `Wire` between it and the
gateway is HTTP too, and adds what Telegram documents and the server lacks: an update is brought again until it is
acknowledged, a question waits for updates, a message that is changed into itself is "not modified". And it can do harm:
cut the line, answer 429, lose an answer, bring updates twice and in any order, or (`quiet`) not yet. What is said in a
chat that is `slow` arrives when that is over, and whoever sent it does not hear of it.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.support.gateway import HANGS_SECONDS, wait_for
from tests.support.ports import free_port

HERE = Path(__file__).parent / "telegram_server"
TOKEN = "4242424242:AAQuillondaTokenThatOnlyTheTestsKnow"
BOT = f"/bot{TOKEN}/"


def installed() -> Path:
    """The server's folder, with what its lock names. Where there is no Node or no registry the test is skipped, but not
    in CI: nobody would see it there."""
    without = pytest.fail if "CI" in os.environ else pytest.skip
    if shutil.which("node") is None or shutil.which("npm") is None:
        without("no Node here: the Bot API server of the tests (npm: telegram-test-api) needs node and npm")
    with (HERE / "package-lock.json").open() as lock:  # files of tests run two at a time
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (HERE / "node_modules" / "telegram-test-api").exists():
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=300)
            if done.returncode != 0:
                without(f"npm ci failed, so there is no Bot API server: {done.stderr[-300:]}")
    return HERE


@contextmanager
def bot_api() -> Iterator[str]:
    """The server; its address."""
    folder, port = installed(), free_port()
    process = subprocess.Popen(
        ["node", "serve.js", str(port)], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(10)


class Wire(ThreadingHTTPServer):
    """What the gateway takes for Telegram. `calls` has the name and the parameters of everything that came."""

    daemon_threads = True

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.server = server
        self.http = httpx.Client(base_url=server, timeout=10)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.offset = 0
        self.flood: list[int] = []
        self.flood_questions: list[int] = []
        self.flood_until = 0.0
        self.lose_answers = 0
        self.lose_after = 0
        self.slow: dict[int, threading.Event] = {}
        self.blocked: set[int] = set()
        self.down = False
        self.quiet = False
        self.overwritten: list[str] = []
        self.mixed: random.Random | None = None
        self._pending: list[dict[str, Any]] = []
        self._given = 0
        self._stands: dict[tuple[str, str], str] = {}  # by chat and number: the server has no editing of its own
        self._state = threading.RLock()
        self._sends: set[object] = set()
        self._sent = threading.Condition()

    def inject(self, **update: Any) -> None:
        """An update of a kind that the server does not make."""
        with self._state:
            self._given += 1
            self._pending.append({"update_id": self._given, **update})

    def called(self, method: str) -> list[dict[str, Any]]:
        with self._state:
            return [parameters for name, parameters in self.calls if name == method]

    def waiting(self) -> int:
        """Updates that are not acknowledged."""
        with self._state:
            self._fetch()
            return len(self._pending)

    def history(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.post("/getUpdatesHistory", json={"token": TOKEN}).json()["result"]
        return found

    def answer(self, method: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """The answer to a call; None: the line is cut."""
        if self.down:
            return None
        with self._state:
            self.calls.append((method, given))
        if method == "getUpdates":
            found = self._updates(int(given.get("offset", 0)), float(given.get("timeout", 0)))
            return 200, {"ok": True, "result": found}
        if method == "editMessageText":
            return self._flooded(self.flood_questions) or self._edit(given)
        if method == "sendMessage" and (refused := self._refusal(int(given["chat_id"]))):
            return refused
        with self._underway():
            held = self.slow.get(int(given["chat_id"])) if method == "sendMessage" else None
            if held is not None:
                held.wait(60)
            with self._state:  # one after another, as the numbers of messages are given
                reply = self.http.post(BOT + method, json=given)
                if method == "sendMessage" and reply.status_code == 200:
                    self._stands[given["chat_id"], str(reply.json()["result"]["message_id"])] = given["text"]
                if method == "deleteMessage":
                    self._stands.pop((given["chat_id"], given["message_id"]), None)
        if method == "sendMessage" and (self.lose_answers or held is not None):
            if held is None and self.lose_after:
                self.lose_after -= 1
            else:
                self.lose_answers -= held is None
                return None
        return reply.status_code, reply.json()

    @contextmanager
    def _underway(self) -> Iterator[None]:
        mine = object()
        with self._sent:
            self._sends.add(mine)
        try:
            yield
        finally:
            with self._sent:
                self._sends.discard(mine)
                self._sent.notify_all()

    def _after_what_came_before(self) -> None:
        """Whoever asks for a message learns of all that arrived before the question, also of what a gateway sent that
        is dead by now and whose call still waits here for its turn."""
        with self._sent:
            before = set(self._sends)
            assert self._sent.wait_for(lambda: not before & self._sends, 60)

    def _refusal(self, chat: int) -> tuple[int, dict[str, Any]] | None:
        if chat in self.blocked:
            return 403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
        return self._flooded(self.flood)

    def _flooded(self, times: list[int]) -> tuple[int, dict[str, Any]] | None:
        if not times:
            return None
        seconds = times.pop(0)
        self.flood_until = time.monotonic() + seconds
        told = {"description": f"Too Many Requests: retry after {seconds}", "parameters": {"retry_after": seconds}}
        return 429, {"ok": False, "error_code": 429, **told}

    def _edit(self, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self._after_what_came_before()
        place = given["chat_id"], given["message_id"]
        told = "message to edit not found"
        if self._stands.get(place) == given["text"]:
            told = "message is not modified: specified new message content and reply markup are exactly the same"
        elif place in self._stands:
            self.overwritten.append(self._stands[place])
            self._stands[place] = given["text"]
            return 200, {"ok": True, "result": {"message_id": int(given["message_id"])}}
        return 400, {"ok": False, "error_code": 400, "description": f"Bad Request: {told}"}

    def _fetch(self) -> None:
        """New updates, numbered in the order in which they came."""
        for update in self.http.post(BOT + "getUpdates").json()["result"]:
            self.inject(**{name: value for name, value in update.items() if name != "update_id"})

    def _updates(self, offset: int, wait: float) -> list[dict[str, Any]]:
        end = time.monotonic() + wait
        with self._state:
            self.offset = max(self.offset, offset)
            self._pending = [update for update in self._pending if update["update_id"] >= offset]
        while True:
            with self._state:
                self._fetch()
                found = [] if self.quiet else self._pending[:100]
            if found or time.monotonic() > end or self.down:
                break
            time.sleep(0.03)
        if self.mixed is not None:
            found = found + self.mixed.choices(found, k=len(found) // 3) if found else found
            self.mixed.shuffle(found)
        return found


class _Handler(BaseHTTPRequestHandler):
    server: Wire

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        given = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        try:
            answer = self.server.answer(self.path.rpartition("/")[2], given)
            if answer is None:
                self.close_connection = True
                return
            body = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (OSError, RuntimeError, httpx.HTTPError):  # the gateway was killed, or the test has ended
            self.close_connection = True

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def telegram() -> Iterator[Wire]:
    """A wire to a server of its own."""
    with bot_api() as server:
        wire = Wire(server)
        thread = threading.Thread(target=wire.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield wire
        finally:
            wire.down = True
            wire.shutdown()
            thread.join(5)
            wire.server_close()
            wire.http.close()


def environment(wire: Wire, folder: Path, **more: str) -> dict[str, str]:
    """Settings of a gateway with this bot. Its memory is a folder that goes with the test."""
    (folder / "run").mkdir(exist_ok=True)
    return {
        "INLOOP_TELEGRAM_TOKEN": TOKEN,
        "INLOOP_TELEGRAM_API_URL": wire.url,
        "XDG_RUNTIME_DIR": str(folder / "run"),
        **more,
    }


class Person:
    """Somebody with a Telegram account."""

    def __init__(self, wire: Wire, number: int, language: str | None = "en", kind: str = "private") -> None:
        self.wire = wire
        self.number = number
        names = {"first_name": f"Quillonda{number}", "last_name": "Vermeersch", "username": f"quill_onda_{number}"}
        self.sender = {"id": number, "is_bot": False, **names, **({"language_code": language} if language else {})}
        self.chat = {"id": number, "type": kind, **names}

    def write(self, text: str | None = None, **fields: Any) -> None:
        """A message; `fields` are those of Telegram's `Message`."""
        message = {"botToken": TOKEN, "from": self.sender, "chat": self.chat, "date": int(time.time()), **fields}
        if text is not None:
            message["text"] = text
        path, more = "/sendMessage", {}
        if text is not None and text.startswith("/"):
            length = len(text.split()[0])
            path, more = "/sendCommand", {"entities": [{"type": "bot_command", "offset": 0, "length": length}]}
        assert self.wire.http.post(path, json={**message, **more}).status_code == 200

    def press(self, label: str) -> None:
        """The newest button with this label."""
        told = self.wait_for(lambda m: any(b["text"] == label for b in buttons(m)), f"a button {label!r}")
        data = next(b["callback_data"] for b in buttons(told) if b["text"] == label)
        assert len(data.encode()) <= 64
        message = {"message_id": told["id"], "chat": self.chat, "date": 0}
        query = {"botToken": TOKEN, "from": self.sender, "message": message, "data": data, "date": 0}
        assert self.wire.http.post("/sendCallback", json=query).status_code == 200

    def told(self) -> list[dict[str, Any]]:
        """What stands in the chat from the bot, oldest first."""
        found = [one for one in self.stands() if "chat_id" in one["message"]]
        return [{**one["message"], "id": one["messageId"]} for one in sorted(found, key=lambda one: one["messageId"])]

    def texts(self) -> list[str]:
        return [one["text"] for one in self.told()]

    def stands(self) -> list[dict[str, Any]]:
        """Everything that stands in the chat, of both sides (a pressed button is no message)."""
        def here(one: dict[str, Any]) -> bool:
            message = one.get("message") or {}
            return str(message.get("chat_id") or message.get("chat", {}).get("id")) == str(self.number)

        return [one for one in self.wire.history() if here(one)]

    def wait_for(self, wanted: Any, what: str = "a message", seconds: float = HANGS_SECONDS) -> dict[str, Any]:
        """The newest message of the bot that is `wanted`: a text, or a condition on the message."""
        test = (lambda m: m["text"] == wanted) if isinstance(wanted, str) else wanted
        found: dict[str, Any] = wait_for(
            what, lambda: next((m for m in reversed(self.told()) if test(m)), None), seconds
        )
        return found

    def counted(self) -> Counter[str]:
        return Counter(self.texts())


def buttons(message: dict[str, Any]) -> list[dict[str, str]]:
    markup = message.get("reply_markup") or {}
    return [button for row in markup.get("inline_keyboard", []) for button in row]
