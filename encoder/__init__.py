"""Sentence vectors for training and for production.

The one interface is ``TextEncoder``: texts in, one L2-normalised float32 row per text out. Two things
implement it: the CTranslate2 transformer (``encoder.runtime.encoder.Encoder``) and, where no model folder is there,
hashed character n-grams (``encoder.runtime.ngrams.NgramEncoder``). ``load`` picks one. Nothing here knows of
conversations, topics or Rasa, so both the gateway and the engine can import it.

``runtime`` is what they encode and score with; ``making`` is what converts, tunes and prepares training, offline.
"""

from __future__ import annotations

from encoder.runtime.loading import TextEncoder, default_folder, identity, load

__all__ = ["TextEncoder", "default_folder", "identity", "load"]
