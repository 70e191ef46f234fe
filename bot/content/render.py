"""Placeholders: {stop_phone} in a text becomes the fact's value in that language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.content.facts import LEFT_TO_RIGHT, Fact

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
LRI, FSI, PDI = "\u2066", "\u2068", "\u2069"


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names between braces, each once, in the order of the text."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text)))


def fill_facts(text: str, facts: Mapping[str, Fact], lang: str, rtl: bool) -> str:
    """Return the text with the values of the facts that it names, in the language `lang`.

    A name that is no fact stays, for `fill_values`. `rtl`: the language is written from right to left.
    """

    def one(match: re.Match[str]) -> str:
        fact = facts.get(match[1])
        if fact is None or not fact.values:
            return match[0]
        value = fact.value(lang)
        # Without the isolate, "078 055 800" is shown as "800 055 078" inside Arabic or Urdu.
        return f"{LRI}{value}{PDI}" if rtl and fact.kind in LEFT_TO_RIGHT else value

    return PLACEHOLDER.sub(one, text)


def fill_values(text: str, values: Mapping[str, str], rtl: bool) -> str:
    """Return the text with what is known only when it is said. A value is never read as a template itself.

    Raises `KeyError` with the name of a value that was not given: braces must never reach a person.
    """

    def one(match: re.Match[str]) -> str:
        value = values[match[1]]
        return f"{FSI}{value}{PDI}" if rtl else value

    return PLACEHOLDER.sub(one, text)
