"""What somebody may send: text of every kind, JSON as it should be, almost, and not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

HARD = (
    "",
    " ",
    "\x00",
    "\ud800",
    "\udfff",
    "\u2028",
    "\ufeff",
    "\u202e",
    "²",
    "٣",
    "\ufdfa",
    "ı",
    "İ",
    "ß",
    "é",
    "e\u0301",
    "🙏",
    "/",
    "//",
    "/restart",
    "{}",
    "[]",
    "null",
    "-1",
    "1e999",
    "NaN",
    "9" * 5000,
    "1" * 20,
    "0x10",
    "%00",
    "%s",
    "{0}",
    "${7*7}",
    "{{7*7}}",
    "../../etc/passwd",
    "<script>",
    "=cmd|' '!A0",
    "' OR 1=1 --",
    "a" * 5000,
    "\r\nSet-Cookie: a=b",
    "inloop",
    "en",
    "nl-BE",
    "zh-Hant-TW-x-private",
)
"""Each has broken something somewhere."""

TEXT = st.one_of(
    st.sampled_from(HARD),
    st.text(max_size=40),
    st.text(st.characters(codec=None, exclude_categories=()), max_size=40),  # lone surrogates too
    st.lists(st.sampled_from(HARD[:20]) | st.text(max_size=8), max_size=8).map("".join),
)
NUMBERS = st.one_of(
    st.integers(-5, 300),
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, -1, 2**31, 2**53, 2**62, 2**63, 10**400]),
    st.floats(allow_nan=True, allow_infinity=True),
)
PLAIN = st.none() | st.booleans() | NUMBERS | TEXT
ANY = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=8
)
"""Whatever JSON can hold."""

DEEP = st.sampled_from(["[" * 100_000, '{"a":' * 50_000, "[" * 2000 + "]" * 2000, '{"a":' * 900 + "1" + "}" * 900])


def mapping(
    known: dict[str, st.SearchStrategy[Any]], other: st.SearchStrategy[Any] = ANY
) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of the `known` fields, mostly as they should be, and now and then with others."""
    fields = {name: st.one_of(good, good, good, other) for name, good in known.items()}
    extra = st.one_of(st.just({}), st.just({}), st.dictionaries(TEXT, other, max_size=2))
    return st.builds(lambda base, more: {**base, **more}, st.fixed_dictionaries({}, optional=fields), extra)


def full(
    known: dict[str, st.SearchStrategy[Any]], other: st.SearchStrategy[Any] = ANY
) -> st.SearchStrategy[dict[str, Any]]:
    """The same with every field there."""
    return st.fixed_dictionaries({name: st.one_of(good, good, good, good, other) for name, good in known.items()})


def put(path: Path, text: str) -> None:
    """As a careless program writes it."""
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


def dumped(value: Any) -> str:
    """As JSON; with `NaN` and half characters, as careless programs write it."""
    return json.dumps(value)


def cut(text: str) -> st.SearchStrategy[str]:
    """Damaged: cut off, with something in the middle, twice."""
    place = st.integers(0, max(len(text), 1))
    return st.one_of(
        place.map(lambda at: text[:at]),
        st.builds(lambda at, more: text[:at] + more + text[at:], place, TEXT),
        st.just(text + text),
    )


def lines_of(good: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    """A line that should be JSON: it is, it is damaged, it is something else, it is deeper than anybody can read."""
    whole = good.map(dumped)
    return st.one_of(whole, whole, whole, ANY.map(dumped), whole.flatmap(cut), TEXT, DEEP)


def damaged(raw: bytes) -> st.SearchStrategy[bytes]:
    """Bytes with a changed, missing or added part."""
    place = st.integers(0, max(len(raw), 1))
    return st.one_of(
        st.builds(lambda at, new: raw[:at] + new + raw[at + len(new) :], place, st.binary(min_size=1, max_size=4)),
        place.map(lambda at: raw[:at]),
        st.builds(lambda at, new: raw[:at] + new + raw[at:], place, st.binary(max_size=8)),
        st.binary(max_size=300),
    )
