"""Reads the training sentences without Rasa's own reader, and gives them a form that is cheap to copy.

Rasa's reader checks every file against a schema and parses it in pure Python, four times in a training: a third of
the whole time with thirty thousand sentences. And it merges them with what else could hold sentences (responses,
stories) three times: each time every message is copied in depth and its digest is made anew, a quarter of the rest.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from encoder.making.corpus import examples
from encoder.making.talks import questions_of_talks
from engine.nlu.training_messages import LANGUAGE, LETTERS, QUESTIONS
from engine.training.sentences import sentences_of

DATA = Path("data")


class Sentence(Message):  # type: ignore[misc]
    """A message of text and topic as it is read: strings that nobody changes in place."""

    def fingerprint(self) -> str:
        """A digest of the text and the topic; Rasa's own as soon as there is more in the message."""
        if not self._plain():
            return str(super().fingerprint())
        if self._cached_fingerprint is None:
            told = "\0".join(f"{name}\0{value}" for name, value in self.data.items())
            self._cached_fingerprint = hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()
        return str(self._cached_fingerprint)

    def __deepcopy__(self, memo: dict[int, Any]) -> Sentence:
        data = dict(self.data) if self._plain() else copy.deepcopy(self.data, memo)
        return Sentence(data, set(self.output_properties), self.time, copy.deepcopy(self.features, memo))

    def _plain(self) -> bool:
        return not self.features and all(isinstance(value, str) for value in self.data.values())


class SentencesImporter(RasaFileImporter):  # type: ignore[misc]
    """Rasa's importer for rules and domain; the sentences of ``data/nlu`` by our own reader."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Every example of the NLU files. Raises ``ValueError`` for a file that is not as expected."""
        messages = []
        for name in sorted(self._nlu_files):
            if _of_questions(name):
                messages.append(_questions(Path(name)))
                continue
            try:
                found = sentences_of(Path(name).absolute())
            except (yaml.YAMLError, KeyError, AttributeError, TypeError) as error:
                raise ValueError(f"{name} is not a file of sentences ({type(error).__name__})") from None
            made = [Sentence.build(text, topic) for topic, text, shown in found if shown] + _for_letters(found)
            for message in made:
                message.set(LANGUAGE, Path(name).parent.name)
            messages += made
        return TrainingData([*messages, *_turns()])


def _of_questions(name: str) -> bool:
    return Path(name).parent.parent.name == "questions"


def _questions(path: Path) -> Sentence:
    """One message for all questions of a file, for Rasa handles each message at a cost."""
    found = [(question, text, "", "") for question, text in examples(path)]
    message: Sentence = Sentence.build(found[0][1], path.stem)
    message.set(QUESTIONS, json.dumps(found, ensure_ascii=False))
    message.set(LANGUAGE, path.parent.name)
    return message


def _turns() -> list[Sentence]:
    """One message a language for all turns that ask a question in the light of what was said before."""
    if not (DATA / "talks").is_dir():
        return []
    by_language: dict[str, list[tuple[str, str, str, str]]] = {}
    for language, *line in questions_of_talks(DATA):
        by_language.setdefault(language, []).append((line[0], line[1], line[2], line[3]))
    messages = []
    for language, lines in sorted(by_language.items()):
        message: Sentence = Sentence.build(lines[0][1], lines[0][0].partition("/")[0])
        message.set(QUESTIONS, json.dumps(lines, ensure_ascii=False))
        message.set(LANGUAGE, language)
        messages.append(message)
    return messages


def _for_letters(found: Sequence[tuple[str, str, bool]]) -> list[Sentence]:
    """One message a topic, for Rasa handles each at a cost; no sentence has a line end in it."""
    texts: dict[str, list[str]] = {}
    for topic, text, shown in found:
        if not shown:
            texts.setdefault(topic, []).append(text)
    messages = []
    for topic, theirs in texts.items():
        message: Sentence = Sentence.build(theirs[0], topic)
        message.set(LETTERS, "\n".join(theirs))
        messages.append(message)
    return messages
