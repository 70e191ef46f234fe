"""Runs in the engine's environment (see `server/test_process.py`): letters that alone are learned."""

from __future__ import annotations

from engine.server.quiet import prepare_environment

prepare_environment()

import tempfile  # noqa: E402
import unittest  # noqa: E402
from pathlib import Path  # noqa: E402
from unittest.mock import patch  # noqa: E402

import numpy as np  # noqa: E402

from encoder.runtime.holdout import held_out, is_held_out  # noqa: E402
from encoder.runtime.network import Recipe  # noqa: E402
from engine.nlu.featurizer import EncoderFeaturizer  # noqa: E402
from engine.nlu.topics import TopicModel, fit  # noqa: E402
from engine.nlu.training_messages import for_letters  # noqa: E402
from engine.training.importer import SentencesImporter  # noqa: E402

BEDS = [f"een bed voor nacht {number}" for number in range(80)]
PAPERS = [f"mijn papieren nummer {number}" for number in range(80)]


class Letters(unittest.TestCase):
    def test_a_sentence_the_encoder_knows_comes_without_a_vector_and_none_is_lost(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "nlu", "nl", "shelter.yml")
            file.parent.mkdir(parents=True)
            lines = "".join(f"    - {text}\n" for text in BEDS)
            file.write_text(f'version: "3.1"\nnlu:\n- intent: shelter\n  examples: |\n{lines}')
            with patch("engine.training.importer.DATA", Path(folder)):  # no turns of talks
                data = SentencesImporter(training_data_paths=[str(file)]).get_nlu_data()
            config = {"alias": None, "encoder": folder, "cache": str(Path(folder, "vectors.sqlite"))}
            done = EncoderFeaturizer(config, "test").process_training_data(data).training_examples
        alone = [message for message in done if for_letters(message) is None]
        self.assertEqual({message.get("text") for message in alone}, {text for text in BEDS if is_held_out(text)})
        self.assertTrue(all(message.features for message in alone))
        [rest] = [message for message in done if for_letters(message) is not None]
        self.assertEqual((rest.get("intent"), rest.features), ("shelter", []))
        self.assertEqual(for_letters(rest), [text for text in BEDS if not is_held_out(text)])

    def test_the_letters_learn_from_it(self) -> None:
        """The vectors say nothing here; of the two topics no word is shared."""
        dice = np.random.default_rng(1)
        shown = [(text, topic) for topic, texts in enumerate((BEDS, PAPERS)) for text in texts if is_held_out(text)]
        rest = [(text, topic) for topic, texts in enumerate((BEDS, PAPERS)) for text in texts if not is_held_out(text)]
        texts, classes = zip(*shown, *rest, strict=True)
        vectors = dice.standard_normal((len(shown), 8)).astype(np.float32)
        recipe = Recipe(epochs=2)
        model = fit(vectors, texts, held_out(texts), np.array(classes), 2, recipe, lambda done, of: None)
        asked = dice.standard_normal((2, 8)).astype(np.float32)
        with tempfile.TemporaryDirectory() as folder:
            model.save(Path(folder, "topics.npz"))
            read = TopicModel.load(Path(folder, "topics.npz"))
        found = read.probabilities(asked, ["is er vannacht een bed", "waar zijn de papieren"])
        self.assertEqual(found.argmax(axis=1).tolist(), [0, 1])
        self.assertTrue((found.max(axis=1) > 0.8).all(), found)


if __name__ == "__main__":
    unittest.main()
