"""Runs in the engine's environment (see `server/test_process.py`): sentences in Rasa's own containers."""

from __future__ import annotations

from engine.server.quiet import prepare_environment

prepare_environment()

import copy  # noqa: E402
import unittest  # noqa: E402

import numpy as np  # noqa: E402
from rasa.shared.nlu.training_data.features import Features  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402
from rasa.shared.nlu.training_data.training_data import TrainingData  # noqa: E402

from engine.training.importer import Sentence  # noqa: E402


def feature(value: float) -> Features:
    return Features(np.array([[value]], np.float32), "sentence", "text", "test")


class Sentences(unittest.TestCase):
    def test_rasa_merges_them_as_it_merges_its_own(self) -> None:
        pairs = [("may I stay", "papers"), ("may I stay", "shelter"), ("is it free", "cost"), ("may I stay", "papers")]
        merged = [
            TrainingData([kind.build(text, topic) for text, topic in pairs]).merge(
                TrainingData([kind.build("hello", "greet"), kind.build("is it free", "cost")]), TrainingData()
            )
            for kind in (Sentence, Message)
        ]
        ours, theirs = ([example.data for example in data.training_examples] for data in merged)
        self.assertEqual(ours, theirs)
        self.assertEqual(len(ours), 4)

    def test_a_copy_is_one_of_its_own(self) -> None:
        first = Sentence.build("may I stay", "papers")
        second = copy.deepcopy(first)
        self.assertEqual((first, hash(first)), (second, hash(second)))
        second.set("intent", "shelter")
        second.add_features(feature(1.0))
        self.assertEqual(first.data, {"text": "may I stay", "intent": "papers"})
        self.assertEqual(first.features, [])
        third = copy.deepcopy(second)
        third.features[0].features[0, 0] = 2.0
        self.assertEqual(second.features[0].features[0, 0], 1.0)

    def test_its_digest_tells_what_is_in_it(self) -> None:
        told = {Sentence.build("may I stay", "papers").fingerprint() for _ in range(3)}
        self.assertEqual(len(told), 1)
        for text, topic in (("may I stay", "shelter"), ("may I stay ", "papers"), ("papers", "may I stay")):
            told.add(Sentence.build(text, topic).fingerprint())
        for value in (1.0, 2.0):
            with_feature = Sentence.build("may I stay", "papers")
            with_feature.add_features(feature(value))
            told.add(with_feature.fingerprint())
        with_more = Sentence.build("may I stay", "papers")
        with_more.set("entities", [{"value": "x"}])
        told.add(with_more.fingerprint())
        self.assertEqual(len(told), 7)


if __name__ == "__main__":
    unittest.main()
