"""A text into sentences, without a model and without a network.

The library's own splitter (MiniSBD) fetches a model at its first use; this one needs nothing. Cutting too rarely only
makes a sentence long, cutting too often loses context: it cuts at line ends and at marks that end a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LONGEST = 400
"""Characters after which a sentence without an end is cut at a comma or a space: models forget what is further back."""

_END = re.compile(
    r"""
    (?<=[.!?…])["'”’»)\]]*\s+(?=[^\s\da-zà-öø-ÿ])   # a full stop, and what follows does not go on in small letters
    | (?<=[!?؟۔।])["'”’»)\]]*\s+
    | (?<=[。！？])["”’」』）]*
    """,
    re.VERBOSE,
)
_SHORT = re.compile(r"(?:^|\s)(?:dr|mr|mrs|ms|nr|tel|bv|bijv|o\.a|st|str|nº|av|art|ул|гр|cca|ap|[^\W\d])\.$", re.I)
"""A full stop after one of these ends no sentence."""
_SHORT_LENGTH = 8
"""More signs than the longest of them has."""
_LINE_END = re.compile(r"((?<!\s)\s*\n\s*)")
_SOFT = re.compile(r"(?<=[,;:،؛、，])\s*|\s+")


@dataclass(frozen=True, slots=True)
class Split:
    """`pieces` in order: what stands between sentences (spaces, line ends, signs without a letter) is kept as it is."""

    pieces: tuple[tuple[bool, str], ...]
    """(whether it is a sentence to translate, text)"""

    @property
    def sentences(self) -> list[str]:
        return [text for to_translate, text in self.pieces if to_translate]

    def filled(self, translated: Sequence[str]) -> str:
        """The text again with its sentences replaced, in order."""
        rest = iter(translated)
        return "".join(next(rest) if to_translate else text for to_translate, text in self.pieces)


def split(text: str) -> Split:
    """`text` in pieces; put together they are `text` again."""
    pieces: list[tuple[bool, str]] = []
    for part in _LINE_END.split(text):
        if not part:
            continue
        if not part.strip():
            pieces.append((False, part))
            continue
        start = 0
        for sentence in _cut(part, _ends(part)):
            body = sentence.strip()
            before = sentence.index(body) if body else 0
            if before:
                pieces.append((False, sentence[:before]))
            if body:
                pieces.append((any(ch.isalpha() for ch in body), body))
            if tail := sentence[before + len(body) :]:
                pieces.append((False, tail))
            start += len(sentence)
    return Split(tuple(pieces))


def _ends(text: str) -> list[int]:
    def shortened(end: int) -> bool:
        return _SHORT.search(text, max(0, end - _SHORT_LENGTH), end) is not None

    found = [m.end() for m in _END.finditer(text) if not shortened(m.start())]
    ends: list[int] = []
    start = 0
    for end in [*found, len(text)]:
        while end - start > LONGEST:
            cut = _last(_SOFT, text, start, start + LONGEST)
            ends.append(cut)
            start = cut
        if end > start:
            ends.append(end)
            start = end
    return ends


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    """The end of the last match between the two, best after a comma; `end` when there is none."""
    found = pattern.finditer(text, start + LONGEST // 2, end)
    marks = [m.end() for m in found if m.end() > m.start() or m.start() > start]
    commas = [place for place in marks if text[:place].rstrip()[-1:] in ",;:،؛、，"]
    return (commas or marks or [end])[-1]


def _cut(text: str, ends: Sequence[int]) -> list[str]:
    starts = [0, *ends[:-1]]
    return [text[a:b] for a, b in zip(starts, ends, strict=True)]


def mapped(text: str, translate: Callable[[list[str]], Sequence[str]]) -> str:
    """`text` with every sentence translated."""
    parts = split(text)
    return parts.filled(translate(parts.sentences))
