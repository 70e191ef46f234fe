"""Train the tiny translation models that the tests use, and pack them as Argos packages.

    python -m venv /some/where && /some/where/bin/pip install torch numpy pyyaml sentencepiece ctranslate2
    /some/where/bin/python scripts/train_tiny_translation.py            # nl<->en and ro<->en, some minutes

They are real models on the real path (SentencePiece, encoder and decoder, CTranslate2 int8, metadata), so that loading,
going through English, alternatives, long text and broken packages are tested without a network. They have seen nothing
but the project's own sentences (content/<language> where the languages have equally many sentences, and
tests/support/translation/phrases.yml): outside of these they translate badly, and that is used by the tests as well.
Nothing else in the project needs PyTorch. The seeds are fixed; another machine still gives slightly other weights.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import random
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import ctranslate2
import numpy as np
import sentencepiece
import torch
import yaml
from torch import Tensor, nn
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "tests" / "support" / "translation"
NAMES = {"nl": "Dutch", "en": "English", "ro": "Romanian"}
PAIRS = (("nl", "en"), ("en", "nl"), ("ro", "en"), ("en", "ro"))
DIM, HEADS, HIDDEN, LAYERS, POSITIONS = 128, 4, 256, 2, 512
PIECES = 900
UNKNOWN, BEGIN, END = 0, 1, 2
BATCH = 64
FILES = ("answers", "safety", "system", "labels")
DRAWN = 8
"""Sentences made of each phrase with numbers, in each round."""


def flat(tree: dict, path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{key}.")
        else:
            yield path + str(key), str(value)


def texts(language: str) -> dict[str, str]:
    """Every text of a language by its dotted key."""
    found: dict[str, str] = {}
    for name in FILES:
        tree = yaml.safe_load((ROOT / "content" / language / f"{name}.yml").read_text(encoding="utf-8"))
        found |= {f"{name}.{key}": text for key, text in flat(tree)}
    return found


def sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?:])\s+|\n+", text) if part.strip()]


def parallel(source: str, target: str) -> list[tuple[str, str]]:
    """Sentences that say the same, where a text has equally many in both languages."""
    ours, theirs = texts(source), texts(target)
    found = []
    for key, text in ours.items():
        left, right = sentences(text), sentences(theirs.get(key, ""))
        if len(left) == len(right) and "{" not in text:
            found += list(zip(left, right, strict=True))
    return list(dict.fromkeys(found))


def drawn(rng: random.Random) -> dict[str, str]:
    """Values for the placeholders of a phrase, the same in both languages."""
    number = str(rng.choice([rng.randint(2, 30), rng.randint(2, 99), rng.randint(100, 9999)]))
    pairs = "".join(f" {rng.randint(0, 99):02d}" for _ in range(3))
    phone = "0" + rng.choice(["470", "485", "3 201", "78 055"]) + pairs
    return {
        "n": number,
        "t": f"{rng.randint(0, 23)}:{rng.choice([0, 5, 10, 15, 20, 30, 40, 45, 50]):02d}",
        "d": f"{rng.randint(1, 28)}/{rng.randint(1, 12)}/{rng.randint(2024, 2028)}",
        "p": phone,
    }


def phrases(source: str, target: str, rng: random.Random) -> list[tuple[str, str]]:
    found = []
    for phrase in yaml.safe_load((TARGET / "phrases.yml").read_text(encoding="utf-8")):
        for _ in range(DRAWN if "{" in phrase["nl"] else 1):
            values = drawn(rng)
            found.append((phrase[source].format(**values), phrase[target].format(**values)))
    return found


class Model(nn.Module):
    """A transformer with norms first, sinusoids for places, and one matrix for source, target and projection."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(size, DIM)
        nn.init.normal_(self.embedding.weight, std=DIM**-0.5)
        kind = {"dim_feedforward": HIDDEN, "dropout": 0.1, "batch_first": True, "norm_first": True}
        self.encoder = nn.ModuleList(nn.TransformerEncoderLayer(DIM, HEADS, **kind) for _ in range(LAYERS))
        self.decoder = nn.ModuleList(nn.TransformerDecoderLayer(DIM, HEADS, **kind) for _ in range(LAYERS))
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(DIM), nn.LayerNorm(DIM)
        place = torch.arange(POSITIONS)[:, None]
        rate = torch.exp(torch.arange(0, DIM, 2) * (-math.log(10000.0) / DIM))
        places = torch.zeros(POSITIONS, DIM)
        places[:, 0::2], places[:, 1::2] = torch.sin(place * rate), torch.cos(place * rate)
        self.register_buffer("places", places)

    def embedded(self, ids: Tensor) -> Tensor:
        return self.embedding(ids) * math.sqrt(DIM) + self.places[: ids.shape[1]]

    def forward(self, source: Tensor, padding: Tensor, target: Tensor) -> Tensor:
        """Scores of shape (batch, length, pieces)."""
        x = self.embedded(source)
        for layer in self.encoder:
            x = layer(x, src_key_padding_mask=padding)
        memory = self.encoder_norm(x)
        ahead = torch.triu(torch.full((target.shape[1],) * 2, float("-inf")), 1)
        y = self.embedded(target)
        for layer in self.decoder:
            y = layer(y, memory, tgt_mask=ahead, memory_key_padding_mask=padding)
        return self.decoder_norm(y) @ self.embedding.weight.T


def batches(pairs: list[tuple[list[int], list[int]]], rng: random.Random) -> Iterator[tuple[Tensor, ...]]:
    rng.shuffle(pairs)
    pairs.sort(key=lambda pair: len(pair[0]) + rng.random() * 6)
    starts = list(range(0, len(pairs), BATCH))
    rng.shuffle(starts)
    for start in starts:
        chosen = pairs[start : start + BATCH]
        width, height = max(len(s) for s, _ in chosen), max(len(t) for _, t in chosen) + 1
        source = torch.full((len(chosen), width), END)
        padding = torch.ones((len(chosen), width), dtype=torch.bool)
        target, wanted = torch.full((len(chosen), height), END), torch.full((len(chosen), height), -100)
        for row, (ours, theirs) in enumerate(chosen):
            source[row, : len(ours)], padding[row, : len(ours)] = torch.tensor(ours), False
            target[row, : len(theirs) + 1] = torch.tensor([BEGIN, *theirs])
            wanted[row, : len(theirs) + 1] = torch.tensor([*theirs, END])
        yield source, padding, target, wanted


def tokenizer(lines: list[str]) -> tuple[bytes, sentencepiece.SentencePieceProcessor]:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, vocab_size=PIECES, model_type="unigram", split_digits=True,
        character_coverage=1.0, unk_id=UNKNOWN, bos_id=BEGIN, eos_id=END, pad_id=-1, minloglevel=2, num_threads=1,
    )  # fmt: skip
    data = model.getvalue()
    return data, sentencepiece.SentencePieceProcessor(model_proto=data)


def train(source: str, target: str, rounds: int) -> tuple[Model, bytes, sentencepiece.SentencePieceProcessor]:
    torch.manual_seed(7)
    rng = random.Random(7)
    fixed = parallel(source, target)
    some = [pair for _ in range(4) for pair in phrases(source, target, rng)]
    data, pieces = tokenizer([text for pair in [*fixed, *some] for text in pair])
    model = Model(pieces.get_piece_size())
    steps = rounds * ((len(fixed) + len(some) // 4) // BATCH + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps + 1, pct_start=0.1)
    began = time.monotonic()
    for number in range(rounds):
        pairs = [(pieces.encode(a), pieces.encode(b)) for a, b in [*fixed, *phrases(source, target, rng)]]
        lost = 0.0
        for s, padding, t, wanted in batches(pairs, rng):
            loss = F.cross_entropy(model(s, padding, t).transpose(1, 2), wanted, label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            lost = loss.item()
        if number % 20 == 0:
            print(f"{source}-{target} {number:>4} loss {lost:.3f} {time.monotonic() - began:.0f} s", flush=True)
    return model.eval(), data, pieces


def converted(model: Model, pieces: sentencepiece.SentencePieceProcessor) -> ctranslate2.specs.TransformerSpec:
    """The weights where CTranslate2 wants them."""

    def array(tensor: Tensor) -> np.ndarray:
        return tensor.detach().numpy().astype(np.float32)

    def linear(spec: object, weight: Tensor, bias: Tensor) -> None:
        spec.weight, spec.bias = array(weight), array(bias)

    def norm(spec: object, layer: nn.LayerNorm) -> None:
        spec.gamma, spec.beta = array(layer.weight), array(layer.bias)

    def itself(spec: object, layer: nn.Module, before: nn.LayerNorm) -> None:
        norm(spec.layer_norm, before)
        linear(spec.linear[0], layer.self_attn.in_proj_weight, layer.self_attn.in_proj_bias)
        linear(spec.linear[1], layer.self_attn.out_proj.weight, layer.self_attn.out_proj.bias)

    def forward(spec: object, layer: nn.Module, before: nn.LayerNorm) -> None:
        norm(spec.layer_norm, before)
        linear(spec.linear_0, layer.linear1.weight, layer.linear1.bias)
        linear(spec.linear_1, layer.linear2.weight, layer.linear2.bias)

    spec = ctranslate2.specs.TransformerSpec.from_config(LAYERS, HEADS, pre_norm=True)
    for part, layers, last in (
        (spec.encoder, model.encoder, model.encoder_norm),
        (spec.decoder, model.decoder, model.decoder_norm),
    ):
        part.position_encodings.encodings = array(model.places)
        norm(part.layer_norm, last)
        for place, layer in zip(part.layer, layers, strict=True):
            itself(place.self_attention, layer, layer.norm1)
            forward(place.ffn, layer, layer.norm2 if part is spec.encoder else layer.norm3)
            if part is spec.decoder:
                across = layer.multihead_attn
                norm(place.attention.layer_norm, layer.norm2)
                linear(place.attention.linear[0], across.in_proj_weight[:DIM], across.in_proj_bias[:DIM])
                linear(place.attention.linear[1], across.in_proj_weight[DIM:], across.in_proj_bias[DIM:])
                linear(place.attention.linear[2], across.out_proj.weight, across.out_proj.bias)
    weight = array(model.embedding.weight)
    spec.encoder.embeddings[0].weight = weight
    spec.decoder.embeddings.weight = weight
    spec.decoder.projection.weight = weight
    vocabulary = [pieces.id_to_piece(i) for i in range(pieces.get_piece_size())]
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def packed(source: str, target: str, spec: ctranslate2.specs.TransformerSpec, tokens: bytes, readme: str) -> Path:
    """One `.argosmodel`, the same bytes for the same weights."""
    name = f"translate-{source}_{target}-0_1"
    metadata = {
        "package_version": "0.1", "argos_version": "1.9", "from_code": source, "from_name": NAMES[source],
        "to_code": target, "to_name": NAMES[target],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / name
        (place / "model").mkdir(parents=True)
        spec.save(str(place / "model"))
        (place / "sentencepiece.model").write_bytes(tokens)
        (place / "metadata.json").write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")
        (place / "README.md").write_text(readme, encoding="utf-8")
        path = Path(folder) / f"{name}.argosmodel"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(place.rglob("*")):
                if file.is_file():
                    info = zipfile.ZipInfo(str(file.relative_to(folder)), (2026, 1, 1, 0, 0, 0))
                    archive.writestr(info, file.read_bytes(), zipfile.ZIP_DEFLATED, 9)
        return Path(shutil.move(path, TARGET / path.name))


def exact(source: str, target: str, path: Path) -> str:
    """How many of the sentences it has seen come out exactly, and how many new numbers are copied."""
    pairs = parallel(source, target)
    fresh = phrases(source, target, random.Random(99))
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        place = Path(folder) / path.stem
        translator = ctranslate2.Translator(str(place / "model"), intra_threads=1)
        pieces = sentencepiece.SentencePieceProcessor(model_file=str(place / "sentencepiece.model"))

        def right(pairs: list[tuple[str, str]]) -> int:
            got = translator.translate_batch([pieces.encode(a, out_type=str) for a, _ in pairs], beam_size=4)
            return sum(pieces.decode(g.hypotheses[0]) == b for g, (_, b) in zip(got, pairs, strict=True))

        return f"{right(pairs)} of {len(pairs)} known sentences, {right(fresh)} of {len(fresh)} with new numbers"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    wanted = parser.parse_args()
    torch.set_num_threads(wanted.threads)
    readme = "Tiny model for the tests of Inloop (scripts/train_tiny_translation.py). Not fit for anything else.\n"
    for source, target in PAIRS:
        model, tokens, pieces = train(source, target, wanted.rounds)
        path = packed(source, target, converted(model, pieces), tokens, readme)
        print(f"{path.name}: {path.stat().st_size:,} bytes; exact: {exact(source, target, path)}", flush=True)


if __name__ == "__main__":
    main()
