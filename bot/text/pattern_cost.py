"""What a pattern can cost on the worst text there is: read off the pattern, and tried on texts that are made to cost.

A backtracking search is linear in its text when (1) no loop without an end gives back what it took, (2) no two places
to begin lead into the same stretch of one, and (3) what it may try in vain within one place is bounded. `faults` says
where a pattern breaks that, `hostile` makes texts out of a pattern's own words, `growth` measures. For those who build
and test: nothing of it runs on a message (docs/decisions/0099-patterns.md).
"""

from __future__ import annotations

import random
import re._constants as c  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

ENDLESS: Final = 100
"""A loop that may go round oftener is taken for one without an end."""

LOOSE: Final = 8
"""From so many sizes on, what a part may take counts as something that is tried in vain."""

TRIES: Final = 4000
"""Ways to divide a text among the loose parts of a pattern, at most: `.{0,60}` twice in a row are 3,721."""

Chars = frozenset[str]
_REPEATS: Final = (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT)
_CATEGORIES: Final[dict[Any, Callable[[str], bool]]] = {
    c.CATEGORY_WORD: lambda ch: ch.isalnum() or ch == "_" or unicodedata.category(ch).startswith("M"),
    c.CATEGORY_DIGIT: str.isdecimal,
    c.CATEGORY_SPACE: str.isspace,
}
_OPPOSITES: Final = {
    c.CATEGORY_NOT_WORD: c.CATEGORY_WORD, c.CATEGORY_NOT_DIGIT: c.CATEGORY_DIGIT, c.CATEGORY_NOT_SPACE: c.CATEGORY_SPACE
}  # fmt: skip
_USUAL: Final = "ab yz09_.,;:!?'\"-\n\té中я🙏"


class _Pattern:
    """A pattern as a tree, and the letters that tell its parts from one another."""

    def __init__(self, source: str) -> None:
        self.tree: list[tuple[Any, Any]] = list(parser.parse(source))
        self.letters: Chars = frozenset(_USUAL) | frozenset(_literals(self.tree))

    def set_of(self, op: Any, value: Any) -> Chars:
        """The letters that one node may be, of those that matter."""
        if op is c.LITERAL:
            return frozenset(chr(value))
        if op is c.NOT_LITERAL:
            return self.letters - {chr(value)}
        if op is c.ANY:
            return self.letters - {"\n"}
        found: set[str] = set()
        for kind, one in value:
            if kind is c.LITERAL:
                found.add(chr(one))
            elif kind is c.RANGE:
                found |= {letter for letter in self.letters if one[0] <= ord(letter) <= one[1]}
            elif kind is c.CATEGORY and one in _CATEGORIES:
                found |= set(filter(_CATEGORIES[one], self.letters))
            elif kind is c.CATEGORY:
                found |= {letter for letter in self.letters if not _CATEGORIES[_OPPOSITES[one]](letter)}
        return self.letters - found if value[0][0] is c.NEGATE else frozenset(found)

    def takes(self, nodes: Sequence[tuple[Any, Any]]) -> Chars:
        """All letters that may be in what `nodes` take."""
        found: Chars = frozenset()
        for op, value in nodes:
            if op in (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN):
                found |= self.set_of(op, value)
            elif op not in (c.ASSERT, c.ASSERT_NOT):
                for inner in _inner(op, value):
                    found |= self.takes(inner)
        return found

    def parts(self, nodes: Sequence[tuple[Any, Any]], loop: Chars) -> bool:
        """Whether something stands in `nodes`, whatever they match, that no loop over `loop` goes past."""
        return any(self._parts(op, value, loop) for op, value in nodes)

    def _parts(self, op: Any, value: Any, loop: Chars) -> bool:
        if op in (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN):
            return not self.set_of(op, value) & loop
        if op is c.AT:
            # Only these: `$` ends a text and parts nothing.
            edge = value is c.AT_BOUNDARY and all(_CATEGORIES[c.CATEGORY_WORD](letter) for letter in loop)
            return edge or value in (c.AT_BEGINNING, c.AT_BEGINNING_STRING)
        if op is c.ASSERT_NOT and value[0] < 0:  # what stands before is none of the loop's: there it would have begun
            behind = list(value[1])
            return len(behind) == 1 and behind[0][0] in (c.LITERAL, c.IN) and loop <= self.set_of(*behind[0])
        if op in _REPEATS and value[0] == 0:
            return False
        inner = _inner(op, value)
        return bool(inner) and op not in (c.ASSERT, c.ASSERT_NOT) and all(self.parts(one, loop) for one in inner)


def _inner(op: Any, value: Any) -> list[Any]:
    """The sequences within a node, one of which it matches."""
    if op in _REPEATS:
        return [value[2]]
    if op is c.BRANCH:
        return list(value[1])
    if op is c.SUBPATTERN:
        return [value[3]]
    if op is c.ATOMIC_GROUP:
        return [value]
    if op in (c.ASSERT, c.ASSERT_NOT):
        return [value[1]]
    return []


def _literals(nodes: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    for op, value in nodes:
        if op in (c.LITERAL, c.NOT_LITERAL):
            yield chr(value)
        elif op is c.IN:
            for kind, one in value:
                yield from (chr(one),) if kind is c.LITERAL else map(chr, one) if kind is c.RANGE else ()
        for inner in _inner(op, value):
            yield from _literals(inner)


def faults(source: str) -> list[str]:
    """Why searching for `source` may take more than linear time, or very long; empty: it takes linear time."""
    pattern = _Pattern(source)
    found: list[str] = []
    _look(pattern, pattern.tree, [], False, found)
    tries = _tries(pattern.tree)
    if tries > TRIES:
        found.append(f"{tries} ways to divide a text among its parts")
    return found


def _look(pattern: _Pattern, nodes: Sequence[tuple[Any, Any]], before: list[Any], held: bool, found: list[str]) -> None:
    """`before`: the nodes on the way to `nodes`, as far as they are always there; `held`: within a group or loop that
    gives nothing back."""
    way = list(before)
    for op, value in nodes:
        inside = held or op in (c.ATOMIC_GROUP, c.POSSESSIVE_REPEAT)
        if op in _REPEATS and value[1] >= ENDLESS:
            body = list(value[2])
            whole = len(body) == 1 and body[0][0] is c.ATOMIC_GROUP
            if not inside and not whole:
                found.append(f"a loop over {_shown(pattern.takes(body))} gives back what it took")
            if not _parted(pattern, way, pattern.takes(body)):
                found.append(f"a loop over {_shown(pattern.takes(body))} can be entered everywhere in its own stretch")
        for inner in _inner(op, value):
            _look(pattern, inner, way, inside, found)
        way.append((op, value))


def _parted(pattern: _Pattern, way: Sequence[tuple[Any, Any]], loop: Chars) -> bool:
    """Whether what stands before a loop keeps those who enter it apart: something in it that neither the loop nor
    what is between may take."""
    between = loop
    for node in reversed(way):
        if pattern.parts([node], between):
            return True
        between |= pattern.takes([node])
    return False


def _tries(nodes: Sequence[tuple[Any, Any]]) -> int:
    """In how many ways the parts that may be of many sizes can divide one text among them."""
    ways = 1
    for op, value in nodes:
        inner = max((_tries(one) for one in _inner(op, value)), default=1)
        if op in (c.ATOMIC_GROUP, c.ASSERT, c.ASSERT_NOT, c.POSSESSIVE_REPEAT):
            inner = 1
        elif op in _REPEATS and value[1] < ENDLESS:
            if inner > 1:
                inner = min(inner ** int(value[1]), 10**9)
            if value[1] - value[0] >= LOOSE:
                inner *= int(value[1] - value[0] + 1)
        ways = min(ways * inner, 10**12)
    return ways


def _shown(letters: Chars) -> str:
    return repr("".join(sorted(letters))[:20])


# -- texts that are made to cost ------------------------------------------------------------------------------------


def said(source: str, rnd: random.Random) -> str:
    """Something that `source` would take, if what it looks for around it were there."""
    pattern = _Pattern(source)
    return _said(pattern, pattern.tree, rnd)


def _said(pattern: _Pattern, nodes: Sequence[tuple[Any, Any]], rnd: random.Random) -> str:
    text = ""
    for op, value in nodes:
        if op in (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN):
            text += rnd.choice(sorted(pattern.set_of(op, value)) or ["x"])
        elif op in _REPEATS:
            most = min(int(value[1]), int(value[0]) + 3)
            text += "".join(_said(pattern, value[2], rnd) for _ in range(rnd.randint(int(value[0]), most)))
        elif op not in (c.ASSERT, c.ASSERT_NOT):
            inner = _inner(op, value)
            text += _said(pattern, rnd.choice(inner), rnd) if inner else ""
    return text


def hostile(source: str, rnd: random.Random, count: int) -> Iterator[tuple[str, str, str]]:
    """`count` times a beginning, a piece to be repeated, and an end, so that their like nearly match everywhere."""
    pattern = _Pattern(source)
    loops = list(_loops(pattern.tree, []))
    for number in range(count):
        end = rnd.choice(("", "x", " x", "x.", ",", "\x00", "!!x"))
        if loops and number % 2:
            before, body = rnd.choice(loops)
            piece = "".join(_said(pattern, body, rnd) for _ in range(rnd.randint(1, 3)))
            yield _said(pattern, before, rnd), piece or "a", end
        else:
            whole = _said(pattern, pattern.tree, rnd)
            cut = rnd.randint(0, len(whole))
            yield rnd.choice(("", whole[:cut])), whole[cut:] or whole or "a", end


def _loops(nodes: Sequence[tuple[Any, Any]], before: list[Any]) -> Iterator[tuple[list[Any], Any]]:
    way = list(before)
    for op, value in nodes:
        if op in _REPEATS and value[1] > 1:
            yield way[:], value[2]
        for inner in _inner(op, value):
            if op not in (c.ASSERT, c.ASSERT_NOT):
                yield from _loops(inner, way)
        way.append((op, value))


def repeated(case: tuple[str, str, str], length: int) -> str:
    """A hostile text of about so many characters."""
    begin, piece, end = case
    return begin + piece * max(1, length // len(piece)) + end


def seconds(search: Callable[[str], object], text: str, times: int = 1) -> float:
    """Of this thread's processor time, the least of so many: other work only ever adds to it."""
    least = float("inf")
    for _ in range(times):
        began = time.thread_time()
        search(text)
        least = min(least, time.thread_time() - began)
    return least


def growth(search: Callable[[str], object], case: tuple[str, str, str], length: int, floor: float = 0.002) -> float:
    """How many times longer four times the text takes (linear: 4, square: 16); 4 where it takes less than `floor`
    seconds. It is measured again, more carefully, before it is said to be more than 8."""
    once, four = repeated(case, length), repeated(case, 4 * length)
    for times in (1, 3, 9):
        long = seconds(search, four, times)
        ratio = long / max(seconds(search, once, times), 1e-6)
        if long < floor or ratio <= 8:
            return min(ratio, 4.0) if long < floor else ratio
    return ratio
