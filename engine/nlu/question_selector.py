"""The questions under the topics (Rasa's retrieval intents ``topic/question``): which of them a message asks.

A small network over the sentence vector, learned from ``data/questions``. Two readings of a message are ranked: the
message by itself, and the message after the one before it (``metadata.pair``), for what is said in few words leans on
what was said before.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from encoder.runtime import heads
from encoder.runtime.cache import DEFAULT_PATH, VectorCache, vectors_for
from encoder.runtime.heads import Head
from encoder.runtime.network import Recipe
from engine.nlu.classifier import vector_of
from engine.nlu.training_messages import QUESTIONS, reading

log = logging.getLogger("engine.nlu.question_selector")

RANKING = 12
RECIPE = Recipe(epochs=16, batch=256, dropout=0.5, input_dropout=0.2, smoothing=0.05)
"""Chosen on the tenth of the sentences that no model had seen: docs/decisions/0100-questions.md."""
ALONE, PAIRED = "questions", "paired"
"""Where a message has its ranking: a list of (question, share)."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionSelector(GraphComponent):  # type: ignore[misc]
    """Gives every message the questions that it is likeliest to ask, each with its share."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``encoder``: folder of the encoder (default: models/encoder); ``cache``: file of the training vectors."""
        return {"encoder": None, "cache": str(DEFAULT_PATH)}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, trained: Head | None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._trained = trained

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionSelector:
        """Make an untrained component."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> QuestionSelector:
        """Read what ``train`` kept. A model without its arrays raises: it must not serve."""
        with model_storage.read_from(resource) as folder:
            file = folder / "questions.npz"
            trained = heads.read(file).get(ALONE) if file.exists() else None
        return cls(config, model_storage, resource, trained)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every sentence of a question; without any the component says nothing later."""
        lines = [
            (question, text, reading(message, text))
            for message in training_data.intent_examples
            for question, text in json.loads(message.get(QUESTIONS) or "[]")
        ]
        with self._storage.write_to(self._resource) as folder:
            if lines:
                cache = VectorCache(self._config["cache"])
                vectors = vectors_for([read for _, _, read in lines], folder=self._folder(), cache=cache)
                names = [name for name, _, _ in lines]
                self._trained = heads.fit(np.asarray(vectors, np.float32), names, RECIPE)
                np.savez(folder / "questions.npz", **self._trained.arrays(ALONE))
                log.info("questions: %d of %d sentences", len(self._trained.labels), len(lines))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the questions of each message, by itself and after the one before it."""
        for message in messages:
            if self._trained is None:
                continue
            vector = vector_of(message)
            message.set(ALONE, self._ranked(vector), add_to_output=True)
            pair = (message.get("metadata") or {}).get("pair")
            if pair is not None:
                # Both together lean on the message itself: what it says plainly is not read away by what was before.
                message.set(PAIRED, self._ranked(_unit(pair + 0.5 * vector)), add_to_output=True)
        return messages

    def _ranked(self, vector: np.ndarray) -> list[tuple[str, float]]:
        assert self._trained is not None
        return self._trained.ranking(vector, RANKING)

    def _folder(self) -> Path | None:
        return Path(self._config["encoder"]) if self._config["encoder"] else None


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)
