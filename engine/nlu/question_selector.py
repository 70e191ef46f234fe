"""The questions under the topics (Rasa's retrieval intents ``topic/question``): which of them a message asks.

A small network over three vectors: of the message, of what the person wrote before it (``metadata.before``), and of
the last answer (``metadata.answer``, an id), for what is said in few words leans on what was said before; and beside
it linear models over the letters, which err elsewhere. Both are learned from the sentences of ``data/questions``, which
lean on nothing, and from the turns of ``data/talks``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from encoder.runtime import heads
from encoder.runtime.cache import DEFAULT_PATH, VectorCache, vectors_for
from encoder.runtime.heads import Head
from encoder.runtime.network import Recipe
from engine.nlu.classifier import vector_of
from engine.nlu.training_messages import QUESTIONS
from engine.nlu.training_messages import reading as read

log = logging.getLogger("engine.nlu.question_selector")

RANKING = 12
RECIPE = Recipe(epochs=10, batch=512, rate=5.5e-3, dropout=0.5, input_dropout=0.0, smoothing=0.1)
"""Chosen on conversations of ``data/talks`` that were left out: docs/decisions/0102-turns.md."""
LETTERS, TEMPERATURE = 0.9, 0.9
"""The weight of the letters, and what the sum of both is divided by, so that a share is what it says: chosen likewise.
"""
OF_TALKS = 3
"""How often a turn of a conversation is shown, beside once each sentence of a question."""
FOUND = "questions"
"""Where a message has its ranking: a list of (question, share)."""
FILE, ANSWERS = "questions.npz", "answers.npy"
"""The classifier, and the vector of each answer by itself (questions, dim): the mean of those of its sentences."""


@dataclass(frozen=True)
class Line:
    """A sentence of a question, as it is read, with what came before it."""

    question: str
    text: str
    before: str = ""
    last: str = ""


@dataclass(frozen=True)
class Trained:
    """What was learned: ``answers`` are vectors by id."""

    head: Head
    answers: dict[str, np.ndarray]

    def ranking(
        self, text: str, vector: np.ndarray, before: np.ndarray | None, answer: str
    ) -> list[tuple[str, float]]:
        """The likeliest questions of a text with its vector (dim,), after one with the vector ``before`` and the
        ``answer`` by its id, each with its share."""
        nothing = np.zeros(vector.shape, np.float32)
        before = nothing if before is None or before.shape != vector.shape else before
        row = np.concatenate((vector, before, self.answers.get(answer, nothing)))
        return self.head.ranking(row, RANKING, text)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionSelector(GraphComponent):  # type: ignore[misc]
    """Gives every message the questions that it is likeliest to ask, each with its share."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``encoder``: folder of the encoder (default: models/encoder); ``cache``: file of the training vectors."""
        return {"encoder": None, "cache": str(DEFAULT_PATH)}

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        trained: Trained | None = None,
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
        return cls(config, model_storage, resource)

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
            if not (folder / FILE).exists():
                return cls(config, model_storage, resource)
            head = heads.read(folder / FILE)[FOUND]
            answers = np.load(folder / ANSWERS, allow_pickle=False).astype(np.float32)
        return cls(config, model_storage, resource, Trained(head, by_answer(head.labels, answers)))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every sentence of a question and every turn; without any the component says nothing later."""
        lines = [
            Line(question, read(message, text), read(message, before), last)
            for message in training_data.intent_examples
            for question, text, before, last in json.loads(message.get(QUESTIONS) or "[]")
        ]
        with self._storage.write_to(self._resource) as folder:
            if lines:
                head, answers = self._learned(lines)
                np.savez(folder / FILE, **head.arrays(FOUND))
                np.save(folder / ANSWERS, answers.astype(np.float16))
                self._trained = Trained(head, by_answer(head.labels, answers))
                log.info("questions: %d of %d sentences", len(head.labels), len(lines))
        return self._resource

    def _learned(self, lines: Sequence[Line]) -> tuple[Head, np.ndarray]:
        cache = VectorCache(self._config["cache"])
        texts = list(dict.fromkeys(text for line in lines for text in (line.text, line.before) if text))
        found = np.asarray(vectors_for(texts, folder=self._folder(), cache=cache), np.float32)
        vectors = dict(zip(texts, found, strict=True))
        nothing = np.zeros(found.shape[1], np.float32)
        names = sorted({line.question for line in lines})
        alone: dict[str, list[np.ndarray]] = {name: [] for name in names}
        for line in lines:
            alone[line.question].append(vectors[line.text])
        answers = np.stack([_unit(np.mean(alone[name], axis=0)) for name in names])
        known = by_answer(names, answers)
        rows = [
            np.concatenate((vectors[line.text], vectors.get(line.before, nothing), known.get(line.last, nothing)))
            for line in lines
        ]
        often = [OF_TALKS if line.before or line.last else 1 for line in lines]
        labels = [line.question for line in lines]
        head = heads.fit(np.repeat(np.stack(rows), often, axis=0), list(np.repeat(labels, often)), RECIPE)
        own = sorted({(line.text, line.question) for line in lines})
        texts, questions = [text for text, _ in own], [question for _, question in own]
        return heads.with_letters(head, texts, questions, LETTERS, TEMPERATURE), answers

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the questions of each message, in the light of what came before it."""
        for message in messages:
            if self._trained is None:
                continue
            metadata = message.get("metadata") or {}
            answer = str(metadata.get("answer") or "")
            text = message.get(TEXT) or ""
            ranking = self._trained.ranking(text, vector_of(message), metadata.get("before"), answer)
            message.set(FOUND, ranking, add_to_output=True)
        return messages

    def _folder(self) -> Path | None:
        return Path(self._config["encoder"]) if self._config["encoder"] else None


def by_answer(labels: Sequence[str], vectors: np.ndarray) -> dict[str, np.ndarray]:
    """The vector of each answer by its id; that of a topic is the mean of those of its questions."""
    found = dict(zip(labels, vectors, strict=True))
    topics: dict[str, list[np.ndarray]] = {}
    for label, vector in found.items():
        topics.setdefault(label.partition("/")[0], []).append(vector)
    return {**{topic: _unit(np.mean(theirs, axis=0)) for topic, theirs in topics.items()}, **found}


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)
