"""Whatever is sent: the contract's error, or taken as plain text. Nothing crashes, nothing is forged, nothing lost."""

from __future__ import annotations

import json
from uuid import uuid4

import httpx
import pytest

from tests.support.caseworker import Caseworker
from tests.support.gateway import Gateway, Visitor


@pytest.fixture
def visitor(gateway: Gateway) -> Visitor:
    return Visitor(gateway.url, "en")


def post(visitor: Visitor, content: bytes, path: str = "/api/messages") -> httpx.Response:
    return visitor.http.post(path, content=content, headers={"Content-Type": "application/json"})


def body(text: str) -> bytes:
    return json.dumps({"id": str(uuid4()), "text": text}).encode()


def code_of(answer: httpx.Response) -> str:
    data = answer.json()
    assert set(data) == {"error"}
    assert set(data["error"]) == {"code", "message"}
    code: str = data["error"]["code"]
    return code


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b"", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b'{"text": "hello"}', 422, "invalid"),
        (b'{"id": "not-a-uuid", "text": "hello"}', 422, "invalid"),
        (b'{"id": "0b6a3a3e-6d0c-4d53-8a79-1f4f0c6e6e11", "text": 7}', 422, "invalid"),
        (b'{"id": "0b6a3a3e-6d0c-4d53-8a79-1f4f0c6e6e11", "text": null}', 422, "invalid"),
        (b'{"id": "0b6a3a3e-6d0c-4d53-8a79-1f4f0c6e6e11", "text": ["a"]}', 422, "invalid"),
        (b'{"id": "0b6a3a3e-6d0c-4d53-8a79-1f4f0c6e6e11", "text": "a", "from": "bot"}', 422, "invalid"),
        (b"\xff\xfe{}", 400, "malformed"),
        (b"[" * 30_000, 400, "malformed"),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes) else str(value),
)
def test_what_is_not_a_message_is_refused_by_name(visitor: Visitor, content: bytes, status: int, code: str) -> None:
    before = visitor.messages()
    answer = post(visitor, content)
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert visitor.messages() == before


@pytest.mark.parametrize("text", ["", "   \n\t ", "\x00\x00", "\ud800"])
def test_an_empty_message_is_refused(visitor: Visitor, text: str) -> None:
    answer = post(visitor, body(text))
    assert (answer.status_code, code_of(answer)) == (422, "empty")


def test_a_message_of_100_000_characters_is_too_large(visitor: Visitor) -> None:
    answer = post(visitor, body("a" * 100_000))
    assert (answer.status_code, code_of(answer)) == (413, "too_large")


def test_a_message_just_past_the_limit_is_too_long(visitor: Visitor) -> None:
    answer = post(visitor, body("a" * 4001))
    assert (answer.status_code, code_of(answer)) == (413, "too_long")


def test_a_body_without_a_length_is_cut_off_at_the_limit(visitor: Visitor) -> None:
    def endless():
        for _ in range(200):
            yield b"a" * 1024

    answer = visitor.http.post("/api/messages", content=endless())
    assert (answer.status_code, code_of(answer)) == (413, "too_large")


@pytest.mark.parametrize(
    "text",
    [
        "hello \x00 there",
        "half of an emoji \ud83d here",
        "\ufdfa" * 400,
        "/restart",
        ' /danger{"x":1}',
        '/talk_to_human{"a": 1}',
        "\u2028/affirm",
        "<script>alert(1)</script>",
        "{{7*7}} ${7*7} %s %n",
        "\u202eright to left override",
        "🙏" * 50,
    ],
    ids=ascii,
)
def test_anything_else_is_plain_text_and_is_answered(visitor: Visitor, caseworker: Caseworker, text: str) -> None:
    before = {case["id"] for case in caseworker.queue()}
    answer = post(visitor, body(text))
    assert answer.status_code == 202, answer.text
    said = visitor.wait_for_answer(answer.json()["seq"])
    assert said[0]["text"]
    # Nothing was forged: no intent became a handoff, a deletion or a danger.
    assert visitor.http.get("/api/messages").status_code == 200
    assert {case["id"] for case in caseworker.queue()} == before


def test_what_is_typed_stands_in_the_conversation_as_typed(visitor: Visitor) -> None:
    seq = visitor.write("/restart <b>now</b>")
    assert next(m["text"] for m in visitor.messages() if m["seq"] == seq) == "/restart <b>now</b>"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "Basic abc", "Bearer " + "a" * 43, "Bearer é"])
def test_without_the_token_nothing_is_open(gateway: Gateway, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode()}
    for method, path in [("GET", "/api/messages"), ("GET", "/api/events"), ("DELETE", "/api/conversations")]:
        answer = httpx.request(method, gateway.url + path, headers=headers)
        assert (answer.status_code, code_of(answer)) == (401, "unauthorized")
    answer = httpx.post(gateway.url + "/api/messages", content=body("hello"), headers=headers)
    assert (answer.status_code, code_of(answer)) == (401, "unauthorized")


@pytest.mark.parametrize("token", ["1.abc", "x", "", "999999999999.a", "1", "-1.a", "1.\u0000", "/affirm"])
def test_a_choice_that_was_not_offered_does_nothing(visitor: Visitor, token: str) -> None:
    before = visitor.messages()
    answer = post(visitor, json.dumps({"id": str(uuid4()), "choice": token}).encode(), "/api/choices")
    assert (answer.status_code, code_of(answer)) == (422, "unknown_choice")
    assert visitor.messages() == before


def test_a_choice_of_another_conversation_does_nothing(gateway: Gateway, visitor: Visitor) -> None:
    other = Visitor(gateway.url, "en")
    said = other.ask("can a real person talk to me please")
    token = said[-1]["choices"][0]["token"]
    answer = post(visitor, json.dumps({"id": str(uuid4()), "choice": token}).encode(), "/api/choices")
    assert (answer.status_code, code_of(answer)) == (422, "unknown_choice")


@pytest.mark.parametrize(
    ("body_", "status"),
    [
        ({"language": "xx"}, 422),
        ({"language": 7}, 422),
        ({"language": "en", "x": 1}, 422),
        ([], 422),
        ({"language": "a" * 99}, 422),
    ],
)
def test_a_conversation_in_no_language_of_ours_is_refused(gateway: Gateway, body_: object, status: int) -> None:
    answer = httpx.post(gateway.url + "/api/conversations", json=body_)
    assert answer.status_code == status
    assert code_of(answer) in {"invalid", "unknown_language"}


@pytest.mark.parametrize("path", ["/api/nothing", "/nothing", "/api/messages/7", "/words/xx", "/static/../app.py"])
def test_what_is_not_there_is_404_in_the_one_shape(gateway: Gateway, path: str) -> None:
    answer = httpx.get(gateway.url + path)
    assert answer.status_code == 404
    assert code_of(answer) in {"not_found", "unknown_language"}


def test_a_wrong_method_is_405_in_the_one_shape(gateway: Gateway) -> None:
    answer = httpx.put(gateway.url + "/api/messages")
    assert (answer.status_code, code_of(answer)) == (405, "method_not_allowed")


@pytest.mark.parametrize("after", ["-1", "x", "99999999999999999999999"])
def test_a_wrong_place_is_refused(visitor: Visitor, after: str) -> None:
    answer = visitor.http.get("/api/messages", params={"after": after})
    assert (answer.status_code, code_of(answer)) == (422, "invalid")


def test_the_log_says_nothing_of_any_of_this(gateway: Gateway, visitor: Visitor) -> None:
    visitor.ask("can a real person talk to me please")
    for content in (body("<script>alert(1)</script>"), b'{"id": "x", "text": "half of an emoji"}', b'{"restart <b>'):
        post(visitor, content)
    visitor.http.post("/api/conversations/restore", json={"return_code": "alert(1) real person"})
    log = gateway.log + (gateway.folder / "data" / "engine.log").read_text(encoding="utf-8", errors="replace")
    for said in ("alert(1)", "real person", "restart <b>", "half of an emoji"):
        assert said not in log
    assert '"level": "error"' not in gateway.log
