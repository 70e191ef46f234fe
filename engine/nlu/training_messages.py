"""What a training message carries beside its sentence: written by ``engine.training.importer``, read by components."""

from __future__ import annotations

from rasa.shared.nlu.training_data.message import Message

from encoder.runtime.transliteration import native

LETTERS = "letters_only"
"""Where a message has the sentences that the models on the vectors are not shown."""
QUESTIONS = "questions_of_topic"
"""Where a message has sentences of questions: a list of (topic/question, sentence, before it, last answer) in JSON."""
LANGUAGE = "language"
"""Where a message has the language that its sentences are read in."""


def reading(message: Message, text: str) -> str:
    """How a sentence of a training message is read: in the letters of its language."""
    return native(text, message.get(LANGUAGE))


def for_letters(message: Message) -> list[str] | None:
    """The sentences of a training message of which the letters alone are learned, so that they need no vector; None
    where it is a sentence of its own."""
    texts = message.get(LETTERS)
    return None if texts is None else str(texts).split("\n")
