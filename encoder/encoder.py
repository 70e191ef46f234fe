"""The transformer encoder on CTranslate2."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ctranslate2
import numpy as np
from tokenizers import Tokenizer

from encoder.manifest import read_manifest
from encoder.text import clean

MAX_TOKENS = 256
BATCH = 16
"""So many sentences at once: what is computed then stays in the processor's cache (32: 6 % slower, 64: 20 %)."""


class Encoder:
    """Mean of the last hidden states over the tokens, normalised. Safe to use from several threads.

    ``intra_threads`` is 1: a sentence is so short that a second thread costs more than it brings.
    """

    def __init__(self, folder: Path, *, workers: int = 1) -> None:
        """Read the folder that ``encoder.convert`` wrote (or one of another model with the same files)."""
        manifest = read_manifest(folder)
        self.name = manifest.name
        self._prefix = manifest.prefix
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._workers = workers
        self._model = ctranslate2.Encoder(str(folder), device="cpu", inter_threads=workers, intra_threads=1)
        self.dim = int(self._forward([self._tokens("x")]).shape[1])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 of shape (len(texts), dim), each row of length 1. Any string is accepted."""
        # Sentences of like length go together, so that little is spent on padding. Tokens are counted, not letters: a
        # letter of Chinese is often a token, one of Dutch a fourth of one.
        tokens = [self._tokens(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda index: len(tokens[index]))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
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

    def _tokens(self, text: str) -> list[int]:
        """Token ids of the prefixed text; of a long one the first and the last half of the cap."""
        ids: list[int] = self._tokenizer.encode(self._prefix + clean(text)).ids
        if len(ids) > MAX_TOKENS:
            ids = ids[: MAX_TOKENS // 2] + ids[-MAX_TOKENS // 2 :]
        return ids

    def _forward(self, batch: list[list[int]]) -> np.ndarray:
        output = self._model.forward_batch(batch, token_type_ids=[[0] * len(ids) for ids in batch])
        states = np.array(output.last_hidden_state)
        lengths = np.fromiter((len(ids) for ids in batch), np.int64, len(batch))
        mask = (np.arange(states.shape[1]) < lengths[:, None]).astype(np.float32)
        means: np.ndarray = np.einsum("btd,bt->bd", states, mask)
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        return means
