"""A message read together with what was said before it: what it asks, what it does, and whether somebody is in danger.

The encoder is the one of ``encoder.runtime.encoder`` with other low-rank factors, learned on whole conversations
(``scripts/tune_context.py``); the linear heads on its vector lie beside this module as plain arrays. Both are of one
round of learning: a folder made of other factors is refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from encoder.runtime.encoder import Encoder
from encoder.runtime.manifest import read_manifest
from encoder.runtime.network import softmax

NOTHING = "-"
"""What is asked by a message that no written answer fits: it is heard, or not known."""
TOLD = "told"
"""The head of which several labels may be true at once: the facts that a message tells."""
HEADS = Path(__file__).with_name("context_heads.npz")


class ContextError(ValueError):
    """The heads cannot be read, or are not those of the encoder in the folder."""


@dataclass(frozen=True)
class ContextReader:
    """Immutable; safe to use from several threads. ``heads``: for each its labels, weights (labels, dim), bias and
    temperature."""

    encoder: Encoder
    heads: dict[str, tuple[tuple[str, ...], np.ndarray, np.ndarray, float]]
    mean: np.ndarray
    scale: float

    @classmethod
    def load(cls, folder: Path, heads: Path = HEADS) -> ContextReader:
        """Read the encoder in ``folder`` and its ``heads``. Raises ``ContextError`` or ``OSError``."""
        with np.load(heads, allow_pickle=False) as arrays:
            told = json.loads(arrays["told"].tobytes())
            found = {
                name: (tuple(labels), arrays[f"{name}.w"].astype(np.float32), arrays[f"{name}.b"].astype(np.float32),
                       float(told["temperature"].get(name, 1.0)))
                for name, labels in told["labels"].items()
            }  # fmt: skip
            mean, scale = arrays["mean"].astype(np.float32), float(told["scale"])
        if not read_manifest(folder).name.endswith(f"-{told['tuning']}"):
            raise ContextError("the context encoder and its heads are not of one round: train again")
        return cls(Encoder(folder), found, mean, scale)

    def read(self, text: str, before: Sequence[str], answer: str) -> dict[str, dict[str, float]]:
        """Return for each head the share of each label; of the facts told, how likely each is. ``before`` is what the
        person wrote before, newest first, and ``answer`` the id of what was answered last."""
        vector = self.encoder.in_context(text, before, " ".join(answer.replace("/", " ").replace("_", " ").split()))
        given = (vector - self.mean) * self.scale
        found = {}
        for name, (labels, weights, bias, temperature) in self.heads.items():
            logits = (weights @ given + bias) / temperature
            shares = 1 / (1 + np.exp(-logits)) if name == TOLD else softmax(logits[None])[0]
            found[name] = dict(zip(labels, shares.tolist(), strict=True))
        return found
