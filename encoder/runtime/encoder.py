"""The transformer encoder on CTranslate2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import ctranslate2
import numpy as np
from tokenizers import Tokenizer

from encoder.runtime.manifest import read_manifest
from encoder.runtime.processor import use_widest
from encoder.runtime.text import clean

MAX_TOKENS = 256
OF_TEXT, OF_BEFORE, OF_EARLIER, OF_ANSWER = 56, 28, 18, 12
"""Tokens at most of a text that is read in context, of what was written before it, and of the answer between them."""
BATCH = 16
"""So many sentences at once: what is computed then stays in the processor's cache."""


class Encoder:
    """Mean of the last hidden states over the tokens, normalised. Safe to use from several threads.

    ``intra_threads`` is 1: a sentence is so short that a second thread costs more than it brings.
    """

    def __init__(self, folder: Path, *, workers: int = 1) -> None:
        """Read the folder that ``encoder.making.convert`` wrote (or one of another model with the same files)."""
        manifest = read_manifest(folder)
        self.name = manifest.name
        self._prefix = manifest.prefix
        self._tokenizer = _tokenizer((folder / "tokenizer.json").read_bytes())
        self._workers = workers
        use_widest()
        self._model = ctranslate2.Encoder(str(folder), device="cpu", inter_threads=workers, intra_threads=1)
        self.dim = int(self._forward([self._tokens("x")]).shape[1])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 of shape (len(texts), dim), each row of length 1. Any string is accepted."""
        tokens = [self._tokens(text) for text in texts]
        batches = list(_alike(tokens))
        vectors = np.zeros((len(texts), self.dim), np.float32)

        def run(batch: list[int]) -> None:
            vectors[batch] = self._forward([tokens[index] for index in batch])

        if len(batches) <= 1 or self._workers == 1:
            for batch in batches:
                run(batch)
        else:
            with ThreadPoolExecutor(self._workers) as pool:
                list(pool.map(run, batches))
        return vectors

    def in_context(self, text: str, before: Sequence[str], answer: str) -> np.ndarray:
        """Return the vector (dim,), of length 1, of a text that is read together with what the person wrote ``before``,
        newest first, and with the words of the last ``answer``; either may be empty. It is the mean over the tokens of
        the text."""
        ids = self._cut(self._tokens(text), OF_TEXT)
        own = len(ids)
        for words, most in beside_it(before, answer):
            beside: list[int] = self._tokenizer.encode(clean(words)).ids[1:]
            if len(beside) > 1:  # more than the mark of its end
                ids = [*ids, *([*beside[: most - 1], beside[-1]] if len(beside) > most else beside)]
        output = self._model.forward_batch([ids], token_type_ids=[[0] * len(ids)])
        mean: np.ndarray = np.array(output.last_hidden_state)[0, :own].sum(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-9)

    def _tokens(self, text: str) -> list[int]:
        """Token ids of the prefixed text; of a long one the first and the last half of the cap."""
        return self._cut(self._tokenizer.encode(self._prefix + clean(text)).ids, MAX_TOKENS)

    @staticmethod
    def _cut(ids: list[int], most: int) -> list[int]:
        """The first and the last half of what is allowed."""
        return ids if len(ids) <= most else ids[: most // 2] + ids[-most // 2 :]

    def _forward(self, batch: list[list[int]]) -> np.ndarray:
        """Vectors of texts that have as many tokens each."""
        output = self._model.forward_batch(batch, token_type_ids=[[0] * len(ids) for ids in batch])
        means: np.ndarray = np.array(output.last_hidden_state).sum(axis=1)
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        return means


def beside_it(before: Sequence[str], answer: str) -> list[tuple[str, int]]:
    """Return what stands beside a text that is read in context, each with the most tokens it may have."""
    return [*((words, OF_EARLIER if at else OF_BEFORE) for at, words in enumerate(before)), (answer, OF_ANSWER)]


@lru_cache(maxsize=1)
def _tokenizer(content: bytes) -> Tokenizer:
    """Return the tokenizer of a file's content. Two encoders of the same pieces share one: it takes more memory than a
    model's weights."""
    tokenizer = Tokenizer.from_buffer(content)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _alike(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of at most `BATCH` texts of as many tokens each. Beside a longer one a text would be filled up with empty
    tokens, which takes time and, in int8, changes its vector a little; so it has the same one alone and in company."""
    order = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
    for _, group in groupby(order, key=lambda place: len(tokens[place])):
        places = list(group)
        yield from (places[start : start + BATCH] for start in range(0, len(places), BATCH))
