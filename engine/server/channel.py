"""The engine's only door: three routes below ``/webhooks/inloop``, for the gateway alone.

A turn is understood first (``parse``), then the dialogue goes on with the intent only: the text never enters
a tracker, an action call or a log, and neither does that of the questions of a message, which come beside it. Text is
text: what begins with ``/`` is never taken for an intent. Choices are checked against the intents that the model knows.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions import choosing
from engine.nlu.question_selector import FOUND
from engine.server.quiet import kind_and_place
from engine.server.reading import BadRequest, Part, Turn, read_conversation, read_turn
from engine.server.tracker_store import MemoryTrackerStore

log = logging.getLogger("engine.server.channel")

FALLBACK = "nlu_fallback"
RESERVED = frozenset({"restart", "back", "session_start", FALLBACK})
RANKING = 5
ASKED = "asks_question"
"""The intent of a message that asks a question which has an answer of its own; no sentence is learned as it."""
QUESTION = re.compile(r"[?\u061f\uff1f\u037e]")


class TurnFailed(RuntimeError):
    """The dialogue gave no answer, which Rasa itself would pass over in silence."""


class InloopChannel(InputChannel):  # type: ignore[misc]
    """Takes turns from the gateway and answers with keys, choices and requests."""

    def __init__(self, secret: str, store: MemoryTrackerStore, agent: Callable[[], Agent]) -> None:
        self._secret = secret.encode()
        self._store = store  # the agent hides its own behind wrappers
        self._agent = agent
        self._intents: tuple[Agent | None, frozenset[str]] = (None, frozenset())

    @classmethod
    def name(cls) -> str:
        """The name in the path."""
        return "inloop"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The three routes."""
        routes = Blueprint("inloop")

        @routes.get("/health")
        async def health(_: Request) -> HTTPResponse:
            agent = self._agent()
            return response.json({"ready": agent.is_ready(), "model": agent.model_id})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not self._allowed(request):
                return response.json({"error": "unauthorized"}, status=401)
            try:
                wanted = read_turn(request.json, self._known_intents())
            except BadRequest as error:
                return response.json({"error": str(error)}, status=422)
            try:
                return response.json(await self.turn(wanted, on_new_message))
            except Exception as error:  # noqa: BLE001 - whatever it was, the gateway must hear of it
                log.error("turn failed: %s", kind_and_place(error))
                return response.json({"error": "turn failed"}, status=500)

        @routes.post("/forget")
        async def forget(request: Request) -> HTTPResponse:
            if not self._allowed(request):
                return response.json({"error": "unauthorized"}, status=401)
            try:
                conversation = read_conversation(request.json if isinstance(request.json, dict) else {})
            except BadRequest as error:
                return response.json({"error": str(error)}, status=422)
            async with self._agent().lock_store.lock(conversation):
                forgotten = self._store.forget(conversation)
            return response.json({"forgotten": forgotten})

        return routes

    async def turn(self, turn: Turn, handle: Callable[[UserMessage], Awaitable[Any]]) -> dict[str, Any]:
        """Run one turn. Raises ``TurnFailed`` when the dialogue says nothing."""
        parsed = await self._understand(turn)
        if turn.form is not None:
            parsed["form"] = turn.form
        parsed |= turn.remembered
        ranking = [(entry["name"], float(entry["confidence"])) for entry in parsed["intent_ranking"]]
        ranking = [entry for entry in ranking if entry[0] != FALLBACK][:RANKING]
        output = CollectingOutputChannel()
        # From here on only the intent is known: with an empty text Rasa decides by the intent alone.
        message = UserMessage("", output, turn.conversation, parse_data=parsed, input_channel=self.name())
        await handle(message)
        said = [entry["custom"] for entry in output.messages if isinstance(entry.get("custom"), dict)]
        replies = [
            {"key": part["key"], "values": part.get("values") or {}, "choices": part.get("choices") or []}
            for part in said
            if part.get("key")
        ]
        requests = [name for part in said for name in part.get("requests") or []]
        forms = [part["form"] for part in said if isinstance(part.get("form"), dict)]
        if not replies and not requests:
            raise TurnFailed("no answer")
        topic, confidence = ranking[0]
        return {
            "topic": topic,
            "confidence": confidence,
            "ranking": ranking,
            "replies": replies,
            "requests": requests,
            **({"form": forms[-1]} if forms else {}),
        }

    async def _understand(self, turn: Turn) -> dict[str, Any]:
        """Return Rasa's parse data with an empty text."""
        if turn.intent is not None:
            # A question is answered by its rule also where its topic does something.
            intent = {"name": ASKED if turn.question else turn.intent, "confidence": 1.0}
            return {
                "text": "",
                "intent": intent,
                "entities": [],
                "intent_ranking": [dict(intent)],
                "choice": True,
                **({"question": turn.question} if turn.question else {}),
            }
        processor = self._agent().processor
        if processor is None:
            raise TurnFailed("no model")
        answer = (turn.remembered.get("talk") or {}).get("answer")
        metadata = {**turn.metadata, **({"answer": answer} if isinstance(answer, str) else {})}
        message = UserMessage(turn.text, None, turn.conversation, metadata=metadata)
        parsed = await processor.parse_message(message)
        understood: dict[str, Any] = {
            "text": "",
            "intent": parsed["intent"],
            "entities": [],
            "intent_ranking": (parsed.get("intent_ranking") or [])[: RANKING + 1],
            "asks": bool(QUESTION.search(turn.text or "")),
            **({FOUND: dict(parsed[FOUND])} if parsed.get(FOUND) else {}),
        }
        questions: list[dict[str, float]] = []
        for name, found in (("parts", turn.parts), ("clauses", turn.clauses)):
            if found:
                understood[name] = [await self._about(turn.conversation, part, questions) for part in found]
        if questions:
            understood["clause_questions"] = questions
        understood["intent"] = self._decided({**understood, **turn.remembered, "form": turn.form})
        return understood

    def _decided(self, understood: dict[str, Any]) -> dict[str, Any]:
        """The intent whose rule applies: that of the message, or the topic of a question that it asks all the same."""
        intent: dict[str, Any] = understood["intent"]
        heard, talk = choosing.heard_of(understood), choosing.talk_of(understood)
        if understood.get("form") or not heard.asked:  # a form has its own reading
            return intent
        if not choosing.wins(heard, talk, intent["name"], float(intent["confidence"])):
            return intent
        return {"name": ASKED, "confidence": intent["confidence"]}

    async def _about(
        self, conversation: str, part: Part, questions: list[dict[str, float]]
    ) -> list[dict[str, Any]]:
        """The likeliest topics of one question, or clause, of the message; what it asks is added to ``questions``."""
        message = UserMessage(part.text, None, conversation, metadata={"vector": part.vector})
        parsed = await self._agent().processor.parse_message(message)
        if parsed.get(FOUND):
            questions.append(dict(parsed[FOUND]))
        ranking = [entry for entry in parsed["intent_ranking"] if entry["name"] != FALLBACK]
        return [{"name": entry["name"], "confidence": entry["confidence"]} for entry in ranking[:RANKING]]

    def _allowed(self, request: Request) -> bool:
        given = request.headers.get("x-inloop-secret", "")
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret)

    def _known_intents(self) -> frozenset[str]:
        agent = self._agent()
        if self._intents[0] is not agent:
            names = frozenset(agent.domain.intents) if agent.domain else frozenset()
            self._intents = (agent, names - RESERVED)
        return self._intents[1]
