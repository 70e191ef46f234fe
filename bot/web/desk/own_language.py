"""What stands in a conversation and was written by people in every language, in the caseworker's: what the person
pressed, the bot's words, the cards, ready-made replies. No machine translates it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from bot.content.catalogue import SEVERAL
from bot.domain import return_code_message
from bot.domain.model import Message, Sender, Urgency
from bot.domain.ports import Catalogue
from bot.domain.speaker import Speaker

CARDS = {f"safety.{urgency}": urgency for urgency in Urgency if urgency is not Urgency.NONE}
VALUES = ("centre", "name")
"""What is put into words of a conversation: the name of another organisation, or of a caseworker."""
_PLACE = "\x00"
"""Stands for it in a text. No message has it."""


class OwnWords:
    """The words of a message in a caseworker's language."""

    def __init__(self, words: Catalogue) -> None:
        self._words = words

    def of(self, message: Message, language: str) -> dict[str, Any]:
        """`own`: what was pressed or said; `own_choices`: what could be pressed under it; `speaks`: the language that
        was chosen, whose name the page knows. Each only where there is something to say."""
        found: dict[str, Any] = {}
        own = self._own(message, language)
        if own and (message.sender is Sender.CASEWORKER or not _stands(own, message.text)):
            found["own"] = own
        pressed = message.choice or {}
        if pressed.get("command") == "language" and pressed.get("value"):
            found["speaks"] = pressed["value"]
        labels = [self._label(choice.action, language) or choice.label for choice in message.choices]
        if labels != [choice.label for choice in message.choices]:
            found["own_choices"] = labels
        return found

    def _own(self, message: Message, language: str) -> str:
        if message.choice is not None:
            return self._label(message.choice, language)
        if not message.key or message.key == return_code_message.KEY:
            return ""
        try:
            if message.key in CARDS:
                return self._card(CARDS[message.key], message.text, language)
            if message.key.startswith("answer."):
                return self._words.answer(message.key.removeprefix("answer."), language).text
            return self._said(message.key, message.text, language)
        except LookupError:  # the words of an older program
            return ""

    def _label(self, action: Mapping[str, Any], language: str) -> str:
        """Of a button; the languages stand in their own names everywhere."""
        if "kind" in action or (action.get("command") == "language" and action.get("value")):
            return ""
        try:
            return Speaker(self._words, language).choice(action).label
        except LookupError:
            return ""

    def _said(self, key: str, text: str, language: str) -> str:
        try:
            return self._words.say(key, language)
        except LookupError:
            name, after = self._named(key, text)
            return self._words.say(key, language, **dict.fromkeys(VALUES, name)) + after

    def _named(self, key: str, text: str) -> tuple[str, str]:
        """Whom `text`, which is `key` in some language, names, and what a caseworker's own words add to it. Raises
        `LookupError`."""
        for code in reversed(self._codes()):  # what stands in several languages begins like one of them
            said = self._words.say(key, code, **dict.fromkeys(VALUES, _PLACE))
            before, _, rest = said.partition(_PLACE)
            end = text.find(rest.partition(_PLACE)[0], len(before))
            name = text[len(before) : end]
            said = said.replace(_PLACE, name)
            if end > 0 and f"{text}\n\n".startswith(f"{said}\n\n"):
                return name, text[len(said) :]
        raise LookupError(key)

    def _card(self, urgency: Urgency, text: str, language: str) -> str:
        """A message keeps no signals: they are found by their lines in it."""
        lines = f"\n{text}\n"
        places = {signal: at for signal, line in self._lines[urgency] if (at := lines.find(f"\n{line}\n")) >= 0}
        signals = sorted(places, key=lambda signal: places[signal])
        if self._words.card(urgency.value, signals, SEVERAL).text == text:
            return ""  # in several languages, and shorter
        return self._words.card(urgency.value, signals, language).text

    @cached_property
    def _lines(self) -> dict[Urgency, list[tuple[str, str]]]:
        """The line of each signal in each language, by the card."""
        return {urgency: list(self._signal_lines(urgency)) for urgency in CARDS.values()}

    def _signal_lines(self, urgency: Urgency) -> Iterator[tuple[str, str]]:
        labels = self._words.labels("desk", self._words.languages[0].code)
        signals = [name.removeprefix("signal_") for name in labels if name.startswith("signal_")]
        for code in self._codes()[:-1]:
            bare = self._words.card(urgency.value, (), code).text.split("\n\n")
            for signal in signals:
                parts = self._words.card(urgency.value, (signal,), code).text.split("\n\n")
                if line := "\n\n".join(part for part in parts if part not in bare):
                    yield signal, line

    def _codes(self) -> list[str]:
        return [*(language.code for language in self._words.languages), SEVERAL]


def _stands(own: str, text: str) -> bool:
    """Whether `own` is `text`, or one of the several languages in it."""
    return own in text.split(" · ") or f"\n\n{own}\n\n" in f"\n\n{text}\n\n"
