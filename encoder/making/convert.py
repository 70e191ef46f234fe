"""Convert the packaged weights once into a folder that CTranslate2 and the tokenizer read: ``python -m
encoder.making.convert``.

The folder holds ``model.bin``, ``config.json``, ``vocabulary.*``, ``tokenizer.json`` and ``manifest.json``.
It is written beside its final place and renamed, so a cut in the middle never leaves half an encoder behind.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from ctranslate2.specs import common_spec, model_spec, transformer_spec
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from encoder.making.tuning import TUNING, TunedWeights, digest
from encoder.making.weights import Pieces, Weights, locate
from encoder.runtime.loading import default_folder

NAME = "multilingual-e5-small"
PREFIX = "query: "
FORMAT = 1  # raise it whenever this module writes something else for the same weights


def convert(folder: Path, source: Path | None = None, tuning: Path | None = TUNING) -> bool:
    """Write the encoder to ``folder``; return False when it is already up to date.

    ``tuning`` is added to the weights before they are quantized; None, or a file that is not there, gives the plain
    encoder. Raises ``WeightsError`` when a file is missing or not understood.
    """
    source = source or locate()
    tuned = digest(tuning)
    manifest = {
        "name": NAME,
        "prefix": PREFIX,
        "format": FORMAT,
        "source": hashlib.sha256(source.read_bytes()).hexdigest(),
        "ctranslate2": ctranslate2.__version__,
        "quantization": "int8",
    }
    if tuned:
        manifest["tuning"] = tuned
    if _read_manifest(folder) == manifest:
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".encoder-", dir=folder.parent))
    try:
        plain = Weights(source)
        weights = TunedWeights(plain, tuning) if tuned and tuning else plain
        make_tokenizer(weights.pieces).save(str(work / "tokenizer.json"))
        _model(weights).save(str(work))
        (work / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        work.chmod(0o755)
        _replace(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return True


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def _replace(work: Path, folder: Path) -> None:
    """Put ``work`` in the place of ``folder``; a rename cannot replace a folder that is not empty."""
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=".encoder-old-", dir=folder.parent))
        folder.rename(old / "folder")
        work.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        work.rename(folder)


def make_tokenizer(pieces: Pieces) -> Tokenizer:
    """The SentencePiece unigram model of the weights file, as a Hugging Face tokenizer."""
    tokenizer = Tokenizer(models.Unigram(pieces.items, pieces.unk, False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    bos, eos = pieces.items[pieces.bos][0], pieces.items[pieces.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, pieces.bos), (eos, pieces.eos)]
    )
    return tokenizer


def _model(weights: Weights | TunedWeights) -> model_spec.ModelSpec:
    """The transformer as a CTranslate2 specification, quantized to int8."""
    shape = weights.shape
    encoder = transformer_spec.TransformerEncoderSpec(
        shape.layers,
        shape.heads,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    hidden, inner = shape.hidden, shape.feed_forward
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights.tensor("emb.word", shape.vocabulary, hidden)
    encoder.embeddings[1].weight = weights.tensor("emb.type", shape.types, hidden)
    encoder.position_encodings.encodings = weights.tensor("emb.pos", shape.positions, hidden)
    _norm(encoder.layernorm_embedding, weights, "emb.ln", hidden)
    for index, layer in enumerate(encoder.layer):
        name = f"l{index}."
        attention = layer.self_attention
        parts = [
            (weights.tensor(f"{name}{p}.w", hidden, hidden), weights.tensor(f"{name}{p}.b", hidden))
            for p in "qkv"
        ]
        attention.linear[0].weight = np.concatenate([weight for weight, _ in parts])
        attention.linear[0].bias = np.concatenate([bias for _, bias in parts])
        _linear(attention.linear[1], weights, name + "ao", hidden, hidden)
        _norm(attention.layer_norm, weights, name + "aln", hidden)
        _linear(layer.ffn.linear_0, weights, name + "fi", inner, hidden)
        _linear(layer.ffn.linear_1, weights, name + "fo", hidden, inner)
        _norm(layer.ffn.layer_norm, weights, name + "oln", hidden)

    spec = transformer_spec.TransformerEncoderModelSpec(encoder)
    spec.register_vocabulary(_vocabulary(weights.pieces, shape.vocabulary))
    spec.config.bos_token = weights.pieces.items[weights.pieces.bos][0]
    spec.config.eos_token = weights.pieces.items[weights.pieces.eos][0]
    spec.config.unk_token = weights.pieces.items[weights.pieces.unk][0]
    spec.config.layer_norm_epsilon = shape.epsilon
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def _norm(target: Any, weights: Weights | TunedWeights, name: str, size: int) -> None:
    target.gamma = weights.tensor(name + ".w", size)
    target.beta = weights.tensor(name + ".b", size)


def _linear(target: Any, weights: Weights | TunedWeights, name: str, rows: int, columns: int) -> None:
    target.weight = weights.tensor(name + ".w", rows, columns)
    target.bias = weights.tensor(name + ".b", rows)


def _vocabulary(pieces: Pieces, size: int) -> list[str]:
    """The tokens in order of id; CTranslate2 wants them unique and as many as there are embeddings."""
    seen: set[str] = set()
    tokens: list[str] = []
    for index in range(size):
        token = pieces.items[index][0] if index < len(pieces.items) else f"<unused{index}>"
        if token in seen:
            token = f"<again{index}>"
        seen.add(token)
        tokens.append(token)
    return tokens


def main(arguments: list[str] | None = None) -> int:
    """Convert, and say on standard error what was done."""
    parser = argparse.ArgumentParser(
        prog="python -m encoder.making.convert", description="Convert the encoder once."
    )
    parser.add_argument("--out", type=Path, default=None, help="folder to write (default: models/encoder)")
    options = parser.parse_args(arguments)
    folder = options.out or default_folder()
    done = convert(folder)
    sys.stderr.write(f"encoder: {'written to' if done else 'up to date in'} {folder}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
