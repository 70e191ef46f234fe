"""The n-grams of many texts at once are those of each."""

from __future__ import annotations

import zlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from encoder.runtime.ngrams import bucket_rows

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=230)


@given(TEXTS, st.sampled_from([7, 1 << 18]))
def test_they_are_the_crc_of_each_n_gram(texts: list[str], modulo: int) -> None:
    columns, counts = bucket_rows(texts, modulo)
    assert len(counts) == len(texts)
    for text, found in zip(texts, np.split(columns, np.cumsum(counts)), strict=False):
        padded = f" {text} "
        grams = {padded[at : at + size] for size in (2, 3, 4, 5) for at in range(len(padded) - size + 1)}
        assert found.tolist() == sorted({zlib.crc32(gram.encode("utf-32-le")) % modulo for gram in grams})
