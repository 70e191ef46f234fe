"""The visitor API as the contract has it: repeats, streams, return codes, deletion, slowing down."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx

from tests.support.gateway import Gateway, Visitor, running, wait_for
from tests.support.ports import free_port


def test_a_repeated_delivery_changes_nothing(gateway: Gateway) -> None:
    visitor = Visitor(gateway.url, "en")
    number = str(uuid4())
    first = visitor.write("is it free", number)
    visitor.wait_for_answer(first)
    before = visitor.messages()
    assert visitor.write("is it free", number) == first
    assert visitor.write("other words under the same id", number) == first
    assert visitor.messages() == before


def test_places_count_up_without_gaps(gateway: Gateway) -> None:
    visitor = Visitor(gateway.url, "fr")
    for text in ("bonjour", "c'est gratuit ?", "qui êtes-vous"):
        visitor.ask(text)
    seqs = [m["seq"] for m in visitor.messages()]
    assert seqs == list(range(1, len(seqs) + 1))


@contextmanager
def events(url: str, token: str, after: int = 0, last: str | None = None) -> Iterator[list[tuple[str, str, str]]]:
    """(event, id, data) as they come, while the block runs."""
    found: list[tuple[str, str, str]] = []
    headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last else {})
    client = httpx.Client(base_url=url, timeout=60)
    stream = client.send(client.build_request("GET", f"/api/events?after={after}", headers=headers), stream=True)
    assert stream.status_code == 200

    def read() -> None:
        event = {"event": "message", "id": "", "data": ""}
        try:
            for line in stream.iter_lines():
                if not line and event["data"]:
                    found.append((event["event"], event["id"], event["data"]))
                    event = {"event": "message", "id": "", "data": ""}
                elif ":" in line and not line.startswith(":"):
                    name, _, value = line.partition(":")
                    event[name] = value.strip()
        except (httpx.HTTPError, httpx.StreamError):
            pass

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        stream.close()
        client.close()
        thread.join(5)


def test_events_tell_what_is_said_and_resume_where_they_broke(gateway: Gateway) -> None:
    visitor = Visitor(gateway.url, "nl")
    with events(gateway.url, visitor.token) as first:
        wait_for("the welcome", lambda: first)
        visitor.write("is het gratis")
        wait_for("question and answer", lambda: len(first) >= 3)
    visitor.ask("wie zijn jullie")
    with events(gateway.url, visitor.token, last=first[-1][1]) as second:
        wait_for("what came meanwhile", lambda: len(second) >= 2)
    both = [int(number) for _, number, _ in first + second]
    assert both == list(range(1, len(both) + 1))
    assert [json.loads(data)["seq"] for *_, data in first + second] == both


def test_a_deleted_conversation_is_gone_for_everybody(gateway: Gateway) -> None:
    visitor = Visitor(gateway.url, "en")
    visitor.ask("is it free")
    with events(gateway.url, visitor.token) as found:
        wait_for("the stream runs", lambda: found)
        assert visitor.http.delete("/api/conversations").status_code == 204
        wait_for("the stream says so", lambda: found[-1][0] == "gone")
    assert visitor.http.get("/api/messages").status_code == 401
    code = httpx.post(gateway.url + "/api/conversations/restore", json={"return_code": visitor.return_code})
    assert code.status_code == 404


def test_the_return_code_opens_the_talk_and_ends_the_old_token(gateway: Gateway) -> None:
    visitor = Visitor(gateway.url, "en")
    visitor.ask("is it free")
    before = visitor.messages()
    written = visitor.return_code.upper().replace("-", "  ")
    opened = httpx.post(gateway.url + "/api/conversations/restore", json={"return_code": written})
    assert opened.status_code == 201
    old = dict(visitor.http.headers)["authorization"]
    visitor.http.headers["Authorization"] = f"Bearer {opened.json()['token']}"
    assert visitor.messages() == before
    assert httpx.get(gateway.url + "/api/messages", headers={"Authorization": old}).status_code == 401


def test_leaving_ends_the_token_here_and_the_return_code_goes_on(gateway: Gateway) -> None:
    visitor = Visitor(gateway.url, "en")
    visitor.ask("is this free?")
    before = visitor.messages()
    with events(gateway.url, visitor.token) as told:
        assert visitor.http.delete("/api/access").status_code == 204
        wait_for("an open page is told", lambda: [name for name, _, _ in told if name == "gone"])
    for ask in (visitor.http.get("/api/messages"), visitor.http.delete("/api/access")):
        assert ask.status_code == 401
    visitor.come_back()
    assert visitor.messages()[: len(before)] == before


def test_the_key_of_what_a_page_keeps_is_told_while_the_token_is_good(gateway: Gateway) -> None:
    opened = httpx.post(gateway.url + "/api/conversations", json={"language": "en"}).json()
    again, keys = {"return_code": opened["return_code"]}, [opened["key"]]
    bearer = {"Authorization": f"Bearer {opened['token']}"}
    for _ in range(2):  # as after a reload
        answer = httpx.get(gateway.url + "/api/key", headers=bearer)
        assert answer.json() == {"key": opened["key"]}
        assert answer.headers["cache-control"] == "no-store"
    assert len(base64.b64decode(opened["key"])) == 32
    assert httpx.get(gateway.url + "/api/key").status_code == 401

    def ended() -> bool:
        return httpx.get(gateway.url + "/api/key", headers=bearer).status_code == 401

    elsewhere = httpx.post(gateway.url + "/api/conversations/restore", json=again).json()
    assert ended(), "the code has ended the token"
    bearer = {"Authorization": f"Bearer {elsewhere['token']}"}
    keys.append(elsewhere["key"])
    assert not ended()
    assert httpx.delete(gateway.url + "/api/access", headers=bearer).status_code == 204
    assert ended(), "left"
    here = httpx.post(gateway.url + "/api/conversations/restore", json=again).json()
    bearer = {"Authorization": f"Bearer {here['token']}"}
    keys.append(here["key"])
    assert httpx.delete(gateway.url + "/api/conversations", headers=bearer).status_code == 204
    assert ended(), "deleted"
    assert len(set(keys)) == len(keys), "one key for each token"


def test_many_messages_are_slowed_down_but_never_a_danger(tmp_path_factory) -> None:
    env = {
        "INLOOP_MESSAGES_PER_MINUTE": "5",
        "INLOOP_ENGINE_URL": "http://127.0.0.1:9",
        "INLOOP_ENGINE_SECRET": "s" * 20,
    }
    with running(tmp_path_factory.mktemp("limits"), free_port(), engine=False, env=env) as gateway:
        visitor = Visitor(gateway.url, "en")
        answers = [
            visitor.http.post("/api/messages", json={"id": str(uuid4()), "text": f"hello number {n}"}) for n in range(8)
        ]
        slowed = [a for a in answers if a.status_code == 429]
        assert len(slowed) == 3
        assert all(int(a.headers["Retry-After"]) >= 1 for a in slowed)
        visitor.write("he is hitting me right now please help")
        assert any(m.get("urgency") == "emergency" for m in visitor.messages())


def test_the_contract_is_in_the_openapi(gateway: Gateway) -> None:
    paths = httpx.get(gateway.url + "/openapi.json").json()["paths"]
    for path, methods in {
        "/api/conversations": {"post", "delete"},
        "/api/messages": {"post", "get"},
        "/api/choices": {"post"},
        "/api/language": {"post"},
        "/api/events": {"get"},
        "/api/access": {"delete"},
        "/api/key": {"get"},
    }.items():
        assert methods <= set(paths[path])
