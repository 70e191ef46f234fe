"""Whether a sentence asks, by its mark or by the words that ask where there is none (`question_marks.yml`). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from bot.translation.checks.reading.lexicon import MARKS_MATTER, UNSPACED, bare

_FILE = Path(__file__).with_name("question_marks.yml")
_MARK = re.compile(r"[?？؟]|;(?=\s*$)")
_CALLS = ("!", "！")
"""What is called out asks nothing: do it now!"""
_ANYWHERE = UNSPACED | {"tr", "vi"}
"""Languages in which a question word stands at any place."""
_NEVER = re.compile("(?!)")
_FIRST = r"^\W*(?:[^\W\d_]+\W+){0,3}(?:{})(?!\w)"
"""Near the beginning: "please tell me where"."""


class Asking(NamedTuple):
    """The patterns of one language."""

    surely: re.Pattern[str]
    maybe: re.Pattern[str]


_NONE = Asking(_NEVER, _NEVER)


def marked(text: str) -> bool:
    """Whether a question mark stands there."""
    return _MARK.search(text) is not None


def asks(text: str, low: str, language: str) -> bool:
    """Whether `text` asks; `low` is the same in lower case."""
    if marked(text):
        return True
    return not text.rstrip().endswith(_CALLS) and _known().get(language, _NONE).surely.search(low) is not None


def may_ask(low: str, language: str) -> bool:
    """Whether a text in lower case without a mark may be a question."""
    return _known().get(language, _NONE).maybe.search(low) is not None


@cache
def _known() -> Mapping[str, Asking]:
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {
        code: Asking(re.compile(entry["is"]) if "is" in entry else _NEVER, _maybe(code, entry["may"]))
        for code, entry in raw.items()
    }


def _maybe(code: str, words: str) -> re.Pattern[str]:
    typed = words if code in MARKS_MATTER else f"{words}|{bare(words)}"
    if code not in _ANYWHERE:
        return re.compile(_FIRST.replace("{}", typed))
    return re.compile(typed if code in UNSPACED else rf"(?<!\w)(?:{typed})(?!\w)")
