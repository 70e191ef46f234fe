"""The sentence vector as a dense Rasa feature."""

from __future__ import annotations

import base64
import logging
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

import encoder
from encoder.runtime.cache import DEFAULT_PATH, VectorCache, vectors_for
from engine.nlu.training_messages import for_letters, reading

log = logging.getLogger("engine.nlu.featurizer")


def given_vector(message: Message) -> np.ndarray | None:
    """Return the vector that came with the message (float32 values, or those in base64), or None."""
    vector = (message.get("metadata") or {}).get("vector")
    if isinstance(vector, str):
        return np.frombuffer(base64.b64decode(vector), "<f4")
    return vector if isinstance(vector, np.ndarray) else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class EncoderFeaturizer(GraphComponent, Featurizer):  # type: ignore[misc]
    """Takes the vector from the message where the gateway gave one, from the cache or the encoder otherwise.

    The encoder is loaded only when it is needed, so an engine that is given vectors holds no model of its
    own.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``encoder``: folder of the encoder (default: models/encoder); ``cache``: file of the training
        vectors.
        """
        return {"alias": None, "encoder": None, "cache": str(DEFAULT_PATH)}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._encoder: encoder.TextEncoder | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EncoderFeaturizer:
        """Make the component."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Any folder will do until it is needed."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vector of every training sentence that is not for the letters alone."""
        examples = training_data.training_examples
        messages = [message for message in examples if message.get(TEXT) and for_letters(message) is None]
        texts = [reading(message, message.get(TEXT)) for message in messages]

        def progress(done: int, total: int) -> None:
            log.info("encoded %d of %d new sentences", done, total)

        vectors = vectors_for(
            texts, folder=self._folder(), cache=VectorCache(self._config["cache"]), progress=progress
        )
        for message, vector in zip(messages, vectors, strict=True):
            self._add(message, vector)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector of each message."""
        for message in messages:
            vector = given_vector(message)
            if vector is None:
                if self._encoder is None:
                    self._encoder = encoder.load(self._folder())
                vector = self._encoder.encode([message.get(TEXT) or ""])[0]
            self._add(message, vector)
        return messages

    def _folder(self) -> Path | None:
        return Path(self._config["encoder"]) if self._config["encoder"] else None

    def _add(self, message: Message, vector: np.ndarray) -> None:
        message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
