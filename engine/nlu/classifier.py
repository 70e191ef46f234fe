"""The topic of a message, from its sentence vector and its letters."""

from __future__ import annotations

import json
import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from encoder.runtime.holdout import held_out
from encoder.runtime.network import Recipe
from engine.nlu.topics import TopicModel, fit
from engine.nlu.training_messages import QUESTIONS, for_letters, reading

log = logging.getLogger("engine.nlu.classifier")

RANKING = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):  # type: ignore[misc]
    """Gives every message an intent, a calibrated confidence, and a ranking of the ten likeliest."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The vector must be there."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Every field of ``encoder.runtime.network.Recipe`` may be set."""
        return vars(Recipe())

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        trained: tuple[TopicModel, list[str]] | None,
    ) -> None:
        self._recipe = Recipe(**{name: config[name] for name in vars(Recipe()) if name in config})
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
    ) -> TopicClassifier:
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
    ) -> TopicClassifier:
        """Read what ``train`` kept. A model without its arrays raises ``ValueError``: it must not serve."""
        with model_storage.read_from(resource) as folder:
            topics = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
            return cls(config, model_storage, resource, (TopicModel.load(folder / "topics.npz"), topics))

    def train(self, training_data: TrainingData) -> Resource:
        """Train on every example that has a topic and a vector, the letters on what needs none too."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and not m.get(QUESTIONS)]
        topics = sorted({message.get(INTENT) for message in examples})
        if len(topics) < 2:
            raise ValueError("training needs sentences of at least two topics")
        shown = [message for message in examples if for_letters(message) is None]
        vectors = np.stack([vector_of(message) for message in shown])
        sentences = [(message, message.get(TEXT)) for message in shown]
        sentences += [(message, text) for message in examples for text in for_letters(message) or ()]
        texts = [text for _, text in sentences]
        readings = [reading(message, text) for message, text in sentences]
        numbers = {topic: number for number, topic in enumerate(topics)}
        classes = np.array([numbers[message.get(INTENT)] for message, _ in sentences])

        def progress(done: int, total: int) -> None:
            if done % 5 == 0 or done == total:
                log.info("topics: %d of %d rounds over %d sentences", done, total, len(shown))

        model = fit(vectors, readings, held_out(texts), classes, len(topics), self._recipe, progress)
        self._trained = (model, topics)
        with self._storage.write_to(self._resource) as folder:
            model.save(folder / "topics.npz")
            (folder / "topics.json").write_text(json.dumps(topics), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of each message. One that has an intent already keeps it."""
        if self._trained is None:
            raise ValueError("the topic classifier is not trained")
        model, topics = self._trained
        for message in messages:
            if message.get(INTENT):
                continue
            scores = model.probabilities(vector_of(message)[None, :], [message.get(TEXT) or ""])[0]
            best = np.argsort(-scores, kind="stable")[:RANKING]
            ranking = [
                {INTENT_NAME_KEY: topics[number], PREDICTED_CONFIDENCE_KEY: float(scores[number])}
                for number in best
            ]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


def vector_of(message: Message) -> np.ndarray:
    """The sentence vector, float32 of shape (dim,)."""
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise ValueError("a message has no vector")
    return np.asarray(sentence.features[0], dtype=np.float32)
