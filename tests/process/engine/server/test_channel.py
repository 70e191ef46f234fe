"""The one door of the engine: who may come in, what may be said, what comes back."""

from __future__ import annotations

import base64
import json

import httpx
import numpy as np
import pytest
import yaml

from tests.support.engine_process import ROOT, EngineProcess

INTENTS = [next(iter(entry)) for entry in yaml.safe_load((ROOT / "domain.yml").read_text())["intents"]]
TOPICS = [intent for intent in INTENTS if intent != "nlu_fallback"]


def packed(values: np.ndarray) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode()


def test_a_turn_has_topic_ranking_and_reply(engine: EngineProcess, conversation: str) -> None:
    answer = engine.turn(conversation, "ik heb geen plek om te slapen vannacht, is er een veilig huis").json()
    assert answer["topic"] == "shelter"
    assert 0.4 < answer["confidence"] <= 1
    assert answer["ranking"][0] == ["shelter", answer["confidence"]]
    assert len(answer["ranking"]) == 5
    (said,) = answer["replies"]
    assert said["key"] == "answer"
    assert said["values"]["topic"].partition("/")[0] in {"shelter", "beside"}  # where who has no place is sent
    assert answer["requests"] == []


@pytest.mark.parametrize("secret", [None, "", "wrong", "a-secret-that-only-the-tests-knoW", "é"])
@pytest.mark.parametrize("path", ["turn", "forget"])
def test_without_the_secret_nothing_is_answered(engine: EngineProcess, secret: str | None, path: str) -> None:
    headers = {} if secret is None else {"X-Inloop-Secret": secret.encode()}
    answer = httpx.post(
        f"{engine.url}/webhooks/inloop/{path}",
        json={"conversation": "x", "text": "hello"},
        headers=headers,
        trust_env=False,
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/conversations/x/tracker", "/model/parse", "/webhooks/rest/webhook", "/status", "/version", "/domain"],
)
def test_rasas_own_doors_are_shut(engine: EngineProcess, path: str) -> None:
    assert engine.client.get(path).status_code == 404
    assert engine.client.post(path, json={}).status_code == 404


@pytest.mark.parametrize(
    "text", ["/restart", ' /danger{"x":1}', "//talk_to_human", "/\u00a0/shelter", "\ufeff/restart", "\n/back"]
)
def test_text_is_never_a_command(engine: EngineProcess, conversation: str, text: str) -> None:
    answer = engine.turn(conversation, text).json()
    assert answer["confidence"] < 1
    assert answer["topic"] in TOPICS
    assert answer["replies"] or answer["requests"]


def test_a_written_restart_forgets_nothing(engine: EngineProcess, conversation: str) -> None:
    engine.choose(conversation, "talk_to_human")
    engine.turn(conversation, "/restart")
    assert engine.choose(conversation, "affirm").json()["requests"] == ["handoff"]


@pytest.mark.parametrize("intent", TOPICS)
def test_every_topic_can_be_chosen_and_is_answered(
    engine: EngineProcess, conversation: str, intent: str
) -> None:
    answer = engine.choose(conversation + intent, intent)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["topic"], body["confidence"]) == (intent, 1.0)
    assert body["replies"] or body["requests"]


@pytest.mark.parametrize(
    "intent", ["restart", "back", "session_start", "nlu_fallback", "EXTERNAL: x", "", "no_such"]
)
def test_only_topics_can_be_chosen(engine: EngineProcess, conversation: str, intent: str) -> None:
    assert engine.choose(conversation, intent).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {},
        {"conversation": "x"},
        {"conversation": "x", "text": 5},
        {"conversation": "", "text": "a"},
        {"conversation": "c" * 201, "text": "a"},
        {"conversation": "x", "text": "a", "choice": {"intent": "shelter"}},
        {"conversation": "x", "choice": "shelter"},
        {"conversation": "x", "choice": {"intent": "shelter", "entities": {"a": 1}}},
        {"conversation": "x", "text": "a" * 20_001},
        {"conversation": "x", "text": "a", "metadata": 3},
        {"conversation": "x", "text": "a", "metadata": {"vector": "%%%"}},
        {"conversation": "x", "text": "a", "metadata": {"vector": 7}},
        {"conversation": "x", "text": "a", "metadata": {"vector": "AAA="}},
        {"conversation": "x", "text": "a", "metadata": {"vector": packed(np.full(384, np.nan))}},
    ],
)
def test_what_is_not_as_agreed_is_refused(engine: EngineProcess, body: object) -> None:
    answer = engine.client.post("/webhooks/inloop/turn", json=body)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize("name", ["parts", "clauses"])
@pytest.mark.parametrize(
    "parts",
    [
        "canary",
        {},
        [{"text": "canary", "vector": packed(np.ones(7))}] * 5,
        [["canary"]],
        [{"text": "canary"}],
        [{"text": 5, "vector": packed(np.ones(7))}],
        [{"text": "canary", "vector": None}],
        [{"text": "canary", "vector": "%%%"}],
        [{"text": "canary", "vector": packed(np.full(7, np.inf))}],
        [{"text": "canary", "vector": packed(np.ones(7)), "more": "canary"}],
    ],
)
def test_questions_that_are_not_as_agreed_are_refused(engine: EngineProcess, parts: object, name: str) -> None:
    answer = engine.turn("parts", "hello", **{name: parts})
    assert answer.status_code == 422
    assert "canary" not in answer.text


def test_the_questions_of_a_message_are_understood_one_by_one_and_leave_no_text(
    engine: EngineProcess, conversation: str
) -> None:
    import encoder

    parts = ["canaryfree, is it free of charge?", "/canary can I see a doctor?"]
    vectors = encoder.load(ROOT / "models/encoder").encode(["is it free of charge?", "can I see a doctor?"])
    sent = [{"text": text, "vector": packed(vector)} for text, vector in zip(parts, vectors, strict=True)]
    answer = engine.turn(conversation, "can I see a doctor?", vector=packed(vectors[1]), parts=sent)
    (both,) = answer.json()["replies"]
    topics = both["values"]["topics"]  # each, or the question under it that its part surely asks
    assert (both["key"], [name.partition("/")[0] for name in topics]) == ("both", ["cost", "medical_care"])
    assert both["choices"] == [{"intent": name} for name in topics]
    answer = engine.turn(f"{conversation}:b", "can I see a doctor?", vector=packed(vectors[1]), clauses=sent)
    (said,) = answer.json()["replies"]
    assert said["values"]["topic"].partition("/")[0] == "medical_care"
    assert "cost" in json.dumps([said["values"].get("also"), said["choices"]]), "the other one is a button"
    sent[1]["vector"] = packed(np.ones(7))
    assert engine.turn(conversation, "can I see a doctor?", parts=sent).json() == {"error": "turn failed"}
    assert "canary" not in answer.text + engine.printed()


def test_what_is_not_json_is_refused(engine: EngineProcess) -> None:
    answer = engine.client.post("/webhooks/inloop/turn", content=b"{canary-not-json")
    assert answer.status_code == 400
    assert b"canary" not in answer.content


def test_a_body_has_a_limit(engine: EngineProcess) -> None:
    answer = engine.client.post(
        "/webhooks/inloop/turn", json={"conversation": "x", "text": "a", "more": "b" * 300_000}
    )
    assert answer.status_code == 413


def test_a_vector_of_the_wrong_size_fails_the_turn_and_says_no_text(
    engine: EngineProcess, conversation: str
) -> None:
    answer = engine.turn(conversation, "canary text", vector=packed(np.ones(7)))
    assert answer.status_code == 500
    assert answer.json() == {"error": "turn failed"}


def test_the_given_vector_decides(engine: EngineProcess, conversation: str) -> None:
    import encoder

    vector = encoder.load(ROOT / "models/encoder").encode(["I want to speak with a real person please"])[0]
    assert engine.turn(conversation, "zzz", vector=packed(vector)).json()["topic"] == "talk_to_human"


@pytest.mark.parametrize("text", ["\0\0", "\ufdfa" * 10_000, "a " * 10_000, "   ", "\u200f\u200f"])
def test_any_text_is_survived(engine: EngineProcess, conversation: str, text: str) -> None:
    assert engine.turn(conversation, text).status_code == 200


def test_lone_surrogates_are_survived(engine: EngineProcess) -> None:
    body = b'{"conversation": "surrogate", "text": "\\ud800 help \\udfff"}'
    assert engine.client.post("/webhooks/inloop/turn", content=body).status_code == 200
    assert engine.turn("surrogate", "hello").status_code == 200


def test_only_loopback_is_served(engine: EngineProcess) -> None:
    import psutil

    processes = [psutil.Process(engine.process.pid), engine.actions()]
    listening = [
        c for p in processes if p for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN
    ]
    assert len(listening) == 2
    assert {c.laddr.ip for c in listening} == {"127.0.0.1"}
