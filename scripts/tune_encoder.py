"""Tune the sentence encoder on the project's own sentences, and write the difference to ``encoder/making/tuning.npz``.

    python -m venv /some/where && /some/where/bin/pip install torch numpy pyyaml tokenizers ctranslate2
    /some/where/bin/python scripts/tune_encoder.py --weights path/to/e5-small-q4.bin

Needed only when the sentences have changed much; nothing else in the project needs PyTorch. Topic, danger, emergency
and signals are learned together, over all languages, through one vector. The sentences of
``encoder/runtime/holdout.py`` are never learned from: they measure here, and calibrate the models that are trained on
the vectors later. Empty ``encoder/runtime/later.txt`` afterwards. The seeds are fixed; another number of threads still
gives slightly other figures. Twenty minutes on two cores. Under Linux the
settings MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=8589934592 halve that: large blocks of memory are
then used again, not given back. See docs/decisions/0024-tuned-encoder.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
import tuning_data
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F
from tuning_data import SIGNALS, Row
from tuning_model import TunedEncoder

from encoder.making.convert import PREFIX, make_tokenizer
from encoder.making.weights import Weights, locate
from encoder.runtime.holdout import is_never_tuned_on
from encoder.runtime.text import clean

BATCH = 64
BUCKET = 24
"""Batches that are sorted by length together."""
WARM_UP = 0.06
SMOOTHING = 0.05
DROPOUT = 0.2
HEAD_RATE = 4.0
"""How much faster the heads learn than the factors; they start from nothing."""
LONGEST = 96
CHECK = 150
"""Steps between two measurements, each written beside the arrays."""
CHECKED = 1500
SOFT = 0.03
"""How far the answers of danger are from 0 and 1, so that no sentence is learned to certainty."""
TOLD = ("seed", "rank", "upper", "rate", "minutes", "half", "dropout", "lost", "kept")
"""The settings that the manifest of a round has."""
REFERENCE = (
    "my boss keeps my passport and will not give it back",
    "ze hebben de deur op slot gedaan, ik kan niet weg",
    "bonjour, est-ce que c'est gratuit ?",
    "المدير أخذ جواز سفري ولا يريد إعادته",
    "老板三个月没发工资了",
    "хто ви такі?",
)


@dataclass(frozen=True)
class Batch:
    """Tensors of one step: ids (n, tokens), topic (n,) with -1 for none, danger (n,) with -1 for not judged."""

    ids: Tensor
    topic: Tensor
    danger: Tensor
    fine: Tensor  # emergency and signals, (n, 12)
    weight: Tensor


class Heads(nn.Module):
    """Linear readings of the centred vector; thrown away after tuning."""

    def __init__(self, sample: Tensor, topics: int) -> None:
        super().__init__()
        self.mean = nn.Buffer(sample.mean(0))
        self.scale = float(1 / (sample - self.mean).std())
        self.all = nn.Linear(sample.shape[1], topics + 2 + len(SIGNALS))
        nn.init.zeros_(self.all.weight)
        nn.init.zeros_(self.all.bias)
        self.topics = topics

    def forward(self, vectors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the topics, of danger, and of emergency and signals."""
        read = self.all(F.dropout((vectors - self.mean) * self.scale, DROPOUT, self.training))
        return read[:, : self.topics], read[:, self.topics], read[:, self.topics + 1 :]


class Reader:
    """Rows to tensors."""

    def __init__(self, tokenizer: Tokenizer, topics: list[str], pad: int, lost: float = 0.0) -> None:
        """``lost`` is the share of tokens that are left out of a batch that is learned from."""
        self._tokenizer, self._pad, self._lost = tokenizer, pad, lost
        self._before = len(tokenizer.encode(PREFIX.strip()).ids) - 1
        self._number = {topic: number for number, topic in enumerate(topics)}

    def batches(self, rows: list[Row], dice: random.Random | None) -> list[Batch]:
        """All rows in batches of like length; shuffled when ``dice`` are given."""
        tokens = [e.ids[:LONGEST] for e in self._tokenizer.encode_batch([PREFIX + clean(row.text) for row in rows])]
        order = list(range(len(rows)))
        group = len(rows)
        if dice:
            tokens = [self._without_some(ids, dice) for ids in tokens]
            dice.shuffle(order)
            group = BATCH * BUCKET
        made: list[Batch] = []
        for start in range(0, len(order), group):
            part = sorted(order[start : start + group], key=lambda index: len(tokens[index]))
            chunks = [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
            if dice:
                dice.shuffle(chunks)
            made += [self._batch([rows[i] for i in chunk], [tokens[i] for i in chunk]) for chunk in chunks]
        return made

    def _without_some(self, ids: list[int], dice: random.Random) -> list[int]:
        """Every other sentence without a few of its tokens, never without its ends and the prefix."""
        first, last = self._before, len(ids) - 1
        if dice.random() < 0.5 or last - first < 4:
            return ids
        return [t for at, t in enumerate(ids) if at < first or at >= last or dice.random() >= 2 * self._lost]

    def _batch(self, rows: list[Row], tokens: list[list[int]]) -> Batch:
        longest = max(map(len, tokens))
        ids = torch.tensor([t + [self._pad] * (longest - len(t)) for t in tokens])
        fine = [[row.emergency, *(name in row.signals for name in SIGNALS)] for row in rows]
        return Batch(
            ids,
            torch.tensor([self._number.get(row.topic, -1) for row in rows]),
            torch.tensor([-1.0 if row.danger is None else float(row.danger) for row in rows]),
            torch.tensor(fine, dtype=torch.float32),
            torch.tensor([row.weight for row in rows]),
        )


def loss_of(encoder: TunedEncoder, heads: Heads, batch: Batch) -> Tensor:
    """Topic, danger, and (of dangers only) emergency and signals."""
    topic, danger, fine = heads(encoder(batch.ids))
    known, judged, dangers = batch.topic >= 0, batch.danger >= 0, batch.danger == 1
    total = danger.sum() * 0
    if known.any():
        total = total + F.cross_entropy(topic[known], batch.topic[known], label_smoothing=SMOOTHING)
    if judged.any():
        soft = batch.danger[judged] * (1 - 2 * SOFT) + SOFT
        each = F.binary_cross_entropy_with_logits(danger[judged], soft, reduction="none")
        total = total + (each * batch.weight[judged]).sum() / batch.weight[judged].sum()
    if dangers.any():
        each = F.binary_cross_entropy_with_logits(fine[dangers], batch.fine[dangers], reduction="none")
        total = total + 0.5 * each[:, 0].mean() + 1.5 * each[:, 1:].mean()
    return total


@torch.no_grad()
def measure(encoder: TunedEncoder, heads: Heads, batches: list[Batch]) -> dict[str, float]:
    """Figures on held-out sentences: topic top-1 and top-3, and the share of dangers seen where at most 8 % of the
    alarming and 3 % of the ordinary lines are flagged.
    """
    encoder.eval(), heads.eval()
    right, topics, losses, dangers, alarming, plain = [], [], [], [], [], []
    for batch in batches:
        topic, danger, _ = heads(encoder(batch.ids))
        known = batch.topic >= 0
        best = topic[known].topk(3).indices == batch.topic[known][:, None]
        right.append(best[:, 0])
        topics.append(best.any(1))
        losses.append(F.cross_entropy(topic[known], batch.topic[known], reduction="none"))
        dangers.append(danger[batch.danger == 1])
        alarming.append(danger[(batch.danger == 0) & (batch.weight > 1)])
        plain.append(danger[(batch.danger == 0) & (batch.weight == 1)])
    encoder.train(), heads.train()
    limit = max(torch.cat(alarming).quantile(0.92), torch.cat(plain).quantile(0.97))
    return {
        "topic_top1": round(float(torch.cat(right).float().mean()), 4),
        "topic_top3": round(float(torch.cat(topics).float().mean()), 4),
        "topic_loss": round(float(torch.cat(losses).mean()), 4),
        "danger_recall": round(float((torch.cat(dangers) > limit).float().mean()), 4),
    }


@torch.no_grad()
def vectors_of(encoder: TunedEncoder, reader: Reader, rows: list[Row]) -> Tensor:
    """As at run time, with nothing left out: (n, dim)."""
    encoder.eval()
    vectors = torch.cat([encoder(batch.ids) for batch in reader.batches(rows, None)])
    encoder.train()
    return vectors


def tune(options: argparse.Namespace) -> None:
    """Learn, and after each half epoch measure and write."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    dice = random.Random(options.seed)
    source = options.weights or locate()
    weights = Weights(source)
    rows = tuning_data.read(options.data, frozenset(options.without))
    held = [row for row in rows if is_never_tuned_on(row.text)]
    taught = [row for row in rows if not is_never_tuned_on(row.text)]
    topics = sorted({row.topic for row in rows if row.topic})
    reader = Reader(make_tokenizer(weights.pieces), topics, weights.pieces.pad, options.lost)
    if options.limit:
        taught, held = dice.sample(taught, options.limit), dice.sample(held, min(len(held), 1500))
    encoder = TunedEncoder(weights, options.rank, options.upper, options.dropout)
    if options.start:
        with np.load(options.start, allow_pickle=False) as arrays:
            encoder.begin_with(dict(arrays), options.kept)
    heads = Heads(vectors_of(encoder, reader, dice.sample(taught, min(len(taught), 1024))), len(topics))
    factors = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    fast = {"params": list(heads.parameters()), "lr": options.rate * HEAD_RATE}
    optimizer = torch.optim.AdamW([{"params": factors}, fast], options.rate, (0.9, 0.98), weight_decay=0.01)
    steps = options.steps or int(options.epochs * -(-len(taught) // BATCH))
    checks = reader.batches(dice.sample(held, min(len(held), CHECKED)), None)
    told = {
        "data": tuning_data.fingerprint(rows),
        "source": hashlib.sha256(source.read_bytes()).hexdigest(),
        "languages": sorted({row.lang for row in rows}),
        "sentences": len(taught),
        "held_out": len(held),
        "start": hashlib.sha256(options.start.read_bytes()).hexdigest()[:12] if options.start else None,
        **{name: getattr(options, name) for name in TOLD},
    }
    say(f"{len(taught)} sentences, {len(held)} held out, {steps} steps")
    began, step, done, running = time.monotonic(), 0, 0.0, 0.0
    while done < 1:
        for batch in reader.batches(tuning_data.varied(taught, dice), dice):
            for group, rate in zip(optimizer.param_groups, (options.rate, options.rate * HEAD_RATE), strict=True):
                group["lr"] = rate * pace(done)
            with torch.autocast("cpu", torch.bfloat16, enabled=options.half):
                loss = loss_of(encoder, heads, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(factors, 1.0)
            optimizer.step()
            step += 1
            running = 0.98 * running + 0.02 * float(loss.detach()) if step > 1 else float(loss.detach())
            passed = time.monotonic() - began
            done = max(step / steps, passed / 60 / options.minutes if options.minutes else 0)
            if step % 25 == 0:
                say(f"step {step}, {done:.0%}, loss {running:.3f}, {passed:.0f} s")
            if step % CHECK == 0 or done >= 1:
                figures = measure(encoder, heads, checks)
                say(f"step {step}: {figures}")
                write(options.out, encoder.delta(), {**told, "steps": step, "done": round(done, 3), "figures": figures})
            if done >= 1:
                break
    if options.reference:
        write_reference(options.reference, encoder, reader)


def pace(done: float) -> float:
    """The rate, as a share of the highest, when ``done`` (0..1) of the work is done: up, then down a cosine."""
    if done < WARM_UP:
        return 0.02 + 0.98 * done / WARM_UP
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (min(done, 1.0) - WARM_UP) / (1 - WARM_UP)))


def write(path: Path, delta: dict[str, np.ndarray], manifest: dict[str, object]) -> None:
    """Plain arrays, and beside them a manifest of what they were made from."""
    partial = path.with_suffix(".new.npz")
    np.savez(partial, **delta)  # type: ignore[arg-type]
    partial.replace(path)
    path.with_suffix(".json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def write_reference(path: Path, encoder: TunedEncoder, reader: Reader) -> None:
    """Keep the vectors of a few sentences, for the test that the conversion gives the same."""
    encoder.eval()
    with torch.no_grad():
        vectors = [encoder(reader.batches([Row(text, "")], None)[0].ids)[0].numpy() for text in REFERENCE]
    np.savez(path, texts=np.array(REFERENCE), vectors=np.stack(vectors).astype(np.float16))


def say(text: str) -> None:
    """Tell how far it is, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main() -> None:
    """Read the options and tune."""
    parser = argparse.ArgumentParser(description="Tune the sentence encoder on the project's own sentences.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder with nlu/ and danger/")
    parser.add_argument("--weights", type=Path, default=None, help="weights file (default: of the installed package)")
    parser.add_argument("--out", type=Path, default=Path("encoder/making/tuning.npz"))
    parser.add_argument("--start", type=Path, default=None, help="go on from this file")
    parser.add_argument("--kept", type=float, default=1.0, help="how much of that file is kept to begin with")
    parser.add_argument("--dropout", type=float, default=0.1, help="share of channels left out in each layer")
    parser.add_argument("--lost", type=float, default=0.08, help="share of tokens left out")
    parser.add_argument("--reference", type=Path, default=None, help="file for the vectors of a few sentences")
    parser.add_argument("--steps", type=int, default=0, help="how many batches, instead of --epochs")
    parser.add_argument("--epochs", type=float, default=5, help="how often every sentence is seen")
    parser.add_argument("--half", action="store_true", help="compute in bfloat16: faster where it can")
    parser.add_argument("--minutes", type=float, default=0, help="end after so long, however far it has come")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--upper", type=int, default=12, help="how many layers are tuned, counted from the last")
    parser.add_argument("--rate", type=float, default=1.0e-3)
    parser.add_argument("--seed", type=int, default=24)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0, help="learn from so many sentences only, for a trial")
    parser.add_argument("--without", nargs="*", default=[], help="languages to leave out, for a trial")
    tune(parser.parse_args())


if __name__ == "__main__":
    main()
