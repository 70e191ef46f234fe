"""Reads the training sentences without Rasa's own reader.

That one checks every file against a schema and parses it in pure Python, four times in a training: a third of
the whole time with thirty thousand sentences.
"""

from __future__ import annotations

from pathlib import Path

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from encoder.corpus import taught


class SentencesImporter(RasaFileImporter):  # type: ignore[misc]
    """Rasa's importer for rules and domain; the sentences of ``data/nlu`` by our own reader."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Every example of the NLU files. Raises ``ValueError`` for a file that is not as expected."""
        messages = []
        for name in sorted(self._nlu_files):
            try:
                found = list(taught(Path(name)))
            except (yaml.YAMLError, KeyError, AttributeError, TypeError) as error:
                raise ValueError(f"{name} is not a file of sentences ({type(error).__name__})") from None
            messages += [Message.build(text, intent) for intent, text in found]
        return TrainingData(messages)
