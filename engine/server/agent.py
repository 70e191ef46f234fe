"""Rasa's agent with two costs taken out of every turn: docs/decisions/0022-action-server-latency.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig


class QuickRemoteAction(RemoteAction):  # type: ignore[misc]
    """A call of our own action server, whose answer is checked for its shape only.

    Rasa checks it against a JSON schema, and the schema against the schema of schemas, anew for each call: 30
    to 40 ms. What is wrong inside an event is still found, when the event is made.
    """

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        for part in ("events", "responses"):
            entries = result.get(part, [])
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise TypeError(f"{part} of an action are not a list of objects")
        return True


class QuickProcessor(MessageProcessor):  # type: ignore[misc]
    """Rasa's processor for a domain whose slots are set by actions only."""

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        """The next action, with the quick call in place of the stock one."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if type(action) is RemoteAction:
            action = QuickRemoteAction(action.name(), action.action_endpoint)
        return action, prediction

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """No slot is filled from a message, so there is nothing to extract."""
        return tracker


class QuickAgent(Agent):  # type: ignore[misc]
    """An agent with that processor."""

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load the model as the stock agent does."""
        self.processor = QuickProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self.tracker_store.domain = self.domain
        self._set_fingerprint(fingerprint)


def load_agent(
    model: Path, store: TrackerStore | None = None, endpoint: EndpointConfig | None = None
) -> Agent:
    """Return an agent that is ready. Raises when the model is missing or broken."""
    agent = QuickAgent(tracker_store=store, lock_store=InMemoryLockStore(), action_endpoint=endpoint)
    agent.load_model(model)
    return agent
