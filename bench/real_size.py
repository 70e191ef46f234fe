"""A translation package as large as one of Argos (Transformer base), for what a translation costs beside one.

The weights are drawn, with a fixed seed: what it says means nothing, and it costs what real weights cost. The tiny
packages of the tests are a fiftieth of it, so that beside them whatever is not translating looks large.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import sentencepiece

WIDTH, HEADS, HIDDEN, LAYERS, POSITIONS = 512, 8, 2048, 6, 512
"""Vaswani et al. 2017, table 3, "base": what OpenNMT-py trains for Argos."""
SPREAD = 0.05
"""Standard deviation of the weights."""
ENDS = 4.0
"""What speaks for ending a sentence after each token: without it none would end before the longest allowed."""
END = 2


def archive_of(tiny: Path, folder: Path) -> Path:
    """The archive `tiny` with a model of the real size in it, below `folder`."""
    with zipfile.ZipFile(tiny) as archive:
        archive.extractall(folder)
    [place] = [path for path in folder.iterdir() if tiny.stem == path.name]
    shutil.rmtree(place / "model")
    (place / "model").mkdir()
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(place / "sentencepiece.model"))
    _drawn([pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]).save(str(place / "model"))
    with zipfile.ZipFile(folder / tiny.name, "w") as archive:
        for file in sorted(path for path in place.rglob("*") if path.is_file()):
            archive.write(file, file.relative_to(folder))
    return folder / tiny.name


def _drawn(vocabulary: list[str]) -> Any:
    dice = np.random.default_rng(7)

    def linear(spec: Any, outputs: int, inputs: int) -> None:
        spec.weight = dice.normal(0, SPREAD, (outputs, inputs)).astype(np.float32)
        spec.bias = np.zeros(outputs, np.float32)

    def norm(spec: Any) -> None:
        spec.gamma, spec.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    spec = ctranslate2.specs.TransformerSpec.from_config(LAYERS, HEADS, pre_norm=True)
    words = dice.normal(0, SPREAD, (len(vocabulary), WIDTH)).astype(np.float32)
    for part in (spec.encoder, spec.decoder):
        part.position_encodings.encodings = dice.normal(0, SPREAD, (POSITIONS, WIDTH)).astype(np.float32)
        norm(part.layer_norm)
        for layer in part.layer:
            norm(layer.self_attention.layer_norm)
            linear(layer.self_attention.linear[0], 3 * WIDTH, WIDTH)
            linear(layer.self_attention.linear[1], WIDTH, WIDTH)
            if part is spec.decoder:
                norm(layer.attention.layer_norm)
                linear(layer.attention.linear[0], WIDTH, WIDTH)
                linear(layer.attention.linear[1], 2 * WIDTH, WIDTH)
                linear(layer.attention.linear[2], WIDTH, WIDTH)
            norm(layer.ffn.layer_norm)
            linear(layer.ffn.linear_0, HIDDEN, WIDTH)
            linear(layer.ffn.linear_1, WIDTH, HIDDEN)
    spec.encoder.embeddings[0].weight = spec.decoder.embeddings.weight = words
    linear(spec.decoder.projection, len(vocabulary), WIDTH)
    spec.decoder.projection.bias[END] = ENDS
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    spec.optimize(quantization="int8")
    return spec
