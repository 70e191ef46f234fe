"""What is learned from many texts at once is what one text gives in production."""

from __future__ import annotations

import numpy as np
import pytest

from bot.text.normalise import AT_ONCE, buckets, rows

ODD = [
    "", ".", "a", "  ", "a  b", "\ud800x", "a b c d", "x" * 3000, " before", "after ", "ключът е у него", "يضربني الآن",
    "他打我",
]  # fmt: skip
TEXTS = [*ODD, *(f"{text} {number}" for number in range(2 * AT_ONCE) for text in ("he took the key", "is it free"))]


@pytest.mark.parametrize(("bits", "sizes", "words"), [(17, (2, 3, 4, 5), True), (16, (1, 2, 3, 4, 5), False)])
def test_many_at_once_are_each_as_alone(bits: int, sizes: tuple[int, ...], words: bool) -> None:
    alone = [buckets(text, bits, sizes, words=words) for text in TEXTS]
    together, counts = rows(TEXTS, bits, sizes, words=words)
    assert counts.tolist() == [len(one) for one in alone]
    assert (together == np.concatenate(alone)).all()


def test_no_text_has_none() -> None:
    found, counts = rows([], 16)
    assert len(found) == len(counts) == 0
