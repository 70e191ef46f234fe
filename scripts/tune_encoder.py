"""Tune the sentence encoder on the project's own words, and write the difference to ``encoder/making/tuning.npz``.

    python -m venv /some/where && /some/where/bin/pip install torch numpy pyyaml tokenizers ctranslate2
    /some/where/bin/python scripts/tune_encoder.py --weights path/to/e5-small-q4.bin

Needed only when the sentences have changed much; nothing else in the project needs PyTorch. Learned together, over all
languages, through one vector: the topic, danger, emergency and signals of sentences (``data/nlu``, ``data/danger``),
the question they ask (``data/questions``), what they do (``data/acts``: safety, facts told, follow-ups, feelings), and
the same of the turns of conversations (``data/talks``), whose question is read in the light of what was written before
and of the last answer.

Never learned from, neither as a sentence nor as a turn, is a text that ``encoder/runtime/holdout.py`` holds back by its
hash: they measure here, and calibrate the models that are trained on the vectors later. Of the texts in
``encoder/runtime/later.txt`` the lines of topics and dangers are not learned from either, but lines of questions and
acts, and turns, are; so afterwards take the sums of those out of that file.

What comes out of the lowest layers, which learn nothing (``--still``), is computed once for each text and kept. So each
sentence has one spelling for the whole round; which of its tokens are left out is drawn anew each time.

The round of December went on from the file there was, with

    --start encoder/making/tuning.npz --rank 32 --still 4 --half --known 0.35 --epochs 4 --minutes 40 --rate 1.2e-3
    --kept 0.9 --seed 51 --out round.npz

and the file became the mean of the one before (one part) and the round (two parts):

    scripts/average_tunings.py encoder/making/tuning.npz round.npz round.npz --out mean.npz

The seeds are fixed; another number of threads still gives slightly other figures, and so does an end by the clock.
Under Linux the settings MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=8589934592 halve the time: large
blocks of memory are then used again, not given back. See docs/decisions/0024-tuned-encoder.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
import tuning_data
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F
from tuning_data import GROUPS, NO_ACT, Parts, Row
from tuning_model import Heads, Readings, TunedEncoder

from bot.domain.signals import SIGNALS
from encoder.making.convert import PREFIX, make_tokenizer
from encoder.making.weights import Weights, locate
from encoder.runtime.text import clean

BATCH = 64
BUCKET = 24
"""Batches that are sorted by length together."""
WARM_UP = 0.06
SMOOTHING = 0.05
TALK = 2.0
"""What a batch of nothing but questions, or of one group of acts, weighs beside topics and danger."""
FACTS = 8.0
"""What a batch in which all facts are judged weighs beside them."""
FACT_LOGIT = -1.0
"""From which logit on a fact is counted as told when it is measured."""
HEAD_RATE = 4.0
"""How much faster the heads learn than the factors; they start from nothing."""
LONGEST = 96
CHECK = 150
"""Steps between two measurements, each written beside the arrays."""
CHECKED = 1500
"""Sentences of topics and dangers that are measured on; of questions and acts half as many, and every held turn."""
SAMPLED = 1024
"""Sentences whose vectors give the mean and the scale that the heads begin with."""
SOFT = 0.03
"""How far the answers of danger are from 0 and 1, so that no sentence is learned to certainty."""
TOLD = ("seed", "rank", "upper", "still", "rate", "minutes", "half", "known", "dropout", "lost", "kept")
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
class Labels:
    """Numbers of everything that is learned, by name."""

    topics: dict[str, int]
    questions: dict[str, int]
    acts: dict[str, dict[str, int]]
    """For each of `GROUPS` its labels as `group.label`, and `none`, which is 0."""
    facts: dict[str, int]
    answers: dict[str, int]
    """What can be the last answer, from 1."""

    @classmethod
    def of(cls, rows: list[Row]) -> Labels:
        """Return the labels that occur in ``rows``."""
        acts = {row.act for row in rows}
        return cls(
            _numbered({row.topic for row in rows if row.topic}),
            _numbered({row.question for row in rows if row.question}),
            {group: {"none": 0, **_numbered({a for a in acts if a.startswith(f"{group}.")}, 1)} for group in GROUPS},
            _numbered({fact for row in rows for fact in row.told}),
            _numbered({row.last for row in rows if row.last}, 1),
        )


def _numbered(names: set[str], first: int = 0) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(names), first)}


@dataclass(frozen=True)
class Batch:
    """Tensors of one step, of n rows."""

    states: Tensor  # what comes out of the layers that learn nothing (n, tokens, hidden)
    present: Tensor  # where there is a token (n, tokens)
    topic: Tensor  # (n,) with -1 for none
    danger: Tensor  # (n,) with -1 for not judged
    fine: Tensor  # emergency and signals, (n, 12)
    weight: Tensor  # of the danger (n,)
    question: Tensor  # (n,) with -1 for none
    acts: Tensor  # (n, groups) with -1 for not judged
    before: Tensor  # centred vectors of what was written before (n, dim), 0 for nothing
    last: Tensor  # number of the last answer (n,), 0 for none
    facts: Tensor  # 1 for those told (n, facts), -1 for not judged


class Reader:
    """Rows to tensors. What a row needs is kept first: ``keep``, and ``keep_before`` for what was written before."""

    def __init__(self, tokenizer: Tokenizer, pad: int, size: int, labels: Labels, lost: float = 0.0) -> None:
        """``size`` is that of a vector, ``lost`` the share of tokens that are left out of a batch that is learned
        from."""
        self._tokenizer, self._pad, self._labels, self._lost = tokenizer, pad, labels, lost
        self._states: dict[str, np.ndarray] = {}
        self._before: dict[str, np.ndarray] = {}
        self._nothing = np.zeros(size, np.float32)
        self._prefix = len(tokenizer.encode(PREFIX.strip()).ids) - 1

    def batches(self, rows: list[Row], dice: random.Random | None) -> list[Batch]:
        """Return all rows in batches of like length; shuffled when ``dice`` are given."""
        states = [self._states[row.text] for row in rows]
        order = list(range(len(rows)))
        group = len(rows)
        if dice:
            states = [self._without_some(own, dice) for own in states]
            dice.shuffle(order)
            group = BATCH * BUCKET
        made: list[Batch] = []
        for start in range(0, len(order), group):
            part = sorted(order[start : start + group], key=lambda index: len(states[index]))
            chunks = [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
            if dice:
                dice.shuffle(chunks)
            made += [self._batch([rows[i] for i in chunk], [states[i] for i in chunk]) for chunk in chunks]
        return made

    def ids_of(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of the tokens of each text."""
        return [e.ids[:LONGEST] for e in self._tokenizer.encode_batch([PREFIX + clean(text) for text in texts])]

    @torch.no_grad()
    def keep(self, encoder: TunedEncoder, texts: Iterable[str], half: bool) -> None:
        """Put every text through the layers that learn nothing, once: each epoch then costs the others alone.

        The encoder is taken as it stands: while it learns, the channels that it leaves out of a text in these layers
        are left out for good.
        """
        new = sorted(set(texts) - set(self._states), key=lambda text: (len(text), text))
        ids = self.ids_of(new)
        for start in range(0, len(new), 2 * BATCH):
            part = ids[start : start + 2 * BATCH]
            longest = max(map(len, part))
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                states, _ = encoder.below(torch.tensor([own + [self._pad] * (longest - len(own)) for own in part]))
            for text, own, state in zip(new[start : start + 2 * BATCH], part, states, strict=True):
                self._states[text] = state[: len(own)].to(torch.float16).numpy()
            if start // BATCH % 100 == 0:
                say(f"through the layers that learn nothing: {start} of {len(new)}")

    @torch.no_grad()
    def keep_before(self, encoder: TunedEncoder, texts: set[str], half: bool) -> None:
        """Keep the centred vectors of what was written before, as they are now; ``keep`` the texts first."""
        order = sorted(sorted(texts), key=lambda text: len(self._states[text]))
        encoder.eval()
        for start in range(0, len(order), 2 * BATCH):
            part = order[start : start + 2 * BATCH]
            batch = self._batch([Row(text, "") for text in part], [self._states[text] for text in part])
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                vectors = encoder.above(batch.states, batch.present).float().numpy()
            self._before.update(zip(part, vectors, strict=True))
        encoder.train()
        mean = np.mean(list(self._before.values()), axis=0)
        self._before = {text: vector - mean for text, vector in self._before.items()}

    def _without_some(self, states: np.ndarray, dice: random.Random) -> np.ndarray:
        """Return every other sentence without a few of its tokens, never without its ends and the prefix."""
        first, last = self._prefix, len(states) - 1
        if dice.random() < 0.5 or last - first < 4:
            return states
        return states[[at for at in range(len(states)) if at < first or at >= last or dice.random() >= 2 * self._lost]]

    def _batch(self, rows: list[Row], states: list[np.ndarray]) -> Batch:
        """Return one batch of ``rows``, of each of which there are the ``states`` (tokens, hidden)."""
        longest = max(map(len, states))
        padded = torch.zeros(len(states), longest, states[0].shape[1])
        present = torch.zeros(len(states), longest, dtype=torch.bool)
        for place, own in enumerate(states):
            padded[place, : len(own)] = torch.from_numpy(own.astype(np.float32))
            present[place, : len(own)] = True
        fine = [[row.emergency, *(name in row.signals for name in SIGNALS)] for row in rows]
        return Batch(
            padded,
            present,
            torch.tensor([self._labels.topics.get(row.topic, -1) for row in rows]),
            torch.tensor([-1.0 if row.danger is None else float(row.danger) for row in rows]),
            torch.tensor(fine, dtype=torch.float32),
            torch.tensor([row.weight for row in rows]),
            torch.tensor([self._labels.questions.get(row.question, -1) for row in rows]),
            torch.tensor([[self._act(row, group) for group in GROUPS] for row in rows]),
            torch.from_numpy(np.stack([self._before.get(row.before, self._nothing) for row in rows])),
            torch.tensor([self._labels.answers.get(row.last, 0) for row in rows]),
            torch.tensor([self._facts(row) for row in rows], dtype=torch.float32),
        )

    def _facts(self, row: Row) -> list[float]:
        """Return 1 for each fact told and 0 for the others, -1 for all where nobody has judged."""
        if not (row.talk or row.act or (row.topic in NO_ACT and not row.danger)):
            return [-1.0] * len(self._labels.facts)
        group, _, fact = row.act.partition(".")
        told = {fact} if group == "told" else set(row.told)
        return [float(name in told) for name in self._labels.facts]

    def _act(self, row: Row, group: str) -> int:
        """Return the number of the label in ``group``, -1 where nobody has judged.

        A line of another group has none in this one, except that safety and the others know nothing of each other.
        """
        numbers = self._labels.acts[group]
        if row.talk:
            label = {"safety": row.safety, "followups": row.kind or "none", "feelings": row.feeling or "none"}[group]
            return numbers.get(f"{group}.{label}", numbers["none"] if label == "none" else -1)
        if row.act in numbers:
            return numbers[row.act]
        if row.act:
            return -1 if group == "safety" or row.act.startswith("safety.") else numbers["none"]
        return numbers["none"] if row.topic in NO_ACT and not row.danger else -1


def read_vectors(encoder: TunedEncoder, heads: Heads, batch: Batch) -> Readings:
    """Return what the heads read in the vectors of a batch."""
    return heads(encoder.above(batch.states, batch.present), batch.before, batch.last)


def loss_of(readings: Readings, batch: Batch) -> Tensor:
    """Return the sum of the losses of topic, danger, (of dangers only) emergency and signals, question, acts and facts.

    The last three weigh by the share of the batch for which they are known.
    """
    known, judged, dangers = batch.topic >= 0, batch.danger >= 0, batch.danger == 1
    total = readings.danger.sum() * 0
    if known.any():
        total = total + F.cross_entropy(readings.topic[known], batch.topic[known], label_smoothing=SMOOTHING)
    if judged.any():
        soft = batch.danger[judged] * (1 - 2 * SOFT) + SOFT
        each = F.binary_cross_entropy_with_logits(readings.danger[judged], soft, reduction="none")
        total = total + (each * batch.weight[judged]).sum() / batch.weight[judged].sum()
    if dangers.any():
        each = F.binary_cross_entropy_with_logits(readings.fine[dangers], batch.fine[dangers], reduction="none")
        total = total + 0.5 * each[:, 0].mean() + 1.5 * each[:, 1:].mean()
    for _, logits, labels in choices(readings, batch):
        known = labels >= 0
        if known.any():
            share = known.float().mean()
            total = total + TALK * share * F.cross_entropy(logits[known], labels[known], label_smoothing=SMOOTHING)
    judged = batch.facts[:, 0] >= 0
    if judged.any():
        each = F.binary_cross_entropy_with_logits(readings.facts[judged], batch.facts[judged])
        total = total + FACTS * judged.float().mean() * each
    return total


def choices(readings: Readings, batch: Batch) -> list[tuple[str, Tensor, Tensor]]:
    """Return name, logits (n, labels) and labels (n,) of the question and of each group of acts."""
    logits, labels = (readings.question, *readings.acts), (batch.question, *batch.acts.T)
    return list(zip(("question", *GROUPS), logits, labels, strict=True))


@torch.no_grad()
def measure(encoder: TunedEncoder, heads: Heads, batches: list[Batch]) -> dict[str, float]:
    """Return figures on what was held back, without those of which nothing is there.

    Topic top-1 and top-3; the share of dangers seen where at most 8 % of the alarming and 3 % of the ordinary lines are
    flagged; the share of questions and of each group of acts that is right; and the F1 of the facts told.
    """
    encoder.eval()
    heads.eval()
    read = [(read_vectors(encoder, heads, batch), batch) for batch in batches]
    encoder.train()
    heads.train()
    hits: dict[str, list[Tensor]] = {}
    for readings, batch in read:
        for name, logits, labels in choices(readings, batch):
            hits.setdefault(name, []).append(logits[labels >= 0].argmax(1) == labels[labels >= 0])
    figures = {
        **topic_figures(read),
        "danger_recall": danger_recall(read),
        **{name: float(torch.cat(found).float().mean()) for name, found in hits.items()},
        "told_f1": facts_f1(read),
    }
    return {name: round(figure, 4) for name, figure in figures.items() if math.isfinite(figure)}


def topic_figures(read: list[tuple[Readings, Batch]]) -> dict[str, float]:
    """Return the share of topics that are first and among the first three, and their loss."""
    known = [batch.topic >= 0 for _, batch in read]
    logits = torch.cat([readings.topic[where] for (readings, _), where in zip(read, known, strict=True)])
    topic = torch.cat([batch.topic[where] for (_, batch), where in zip(read, known, strict=True)])
    best = logits.topk(3).indices == topic[:, None]
    return {
        "topic_top1": float(best[:, 0].float().mean()),
        "topic_top3": float(best.any(1).float().mean()),
        "topic_loss": float(F.cross_entropy(logits, topic)),
    }


def danger_recall(read: list[tuple[Readings, Batch]]) -> float:
    """Return the share of dangers above the limit of alarming and ordinary lines; NaN where one of them is missing."""
    danger = torch.cat([readings.danger for readings, _ in read])
    judged, weight = (torch.cat([getattr(batch, name) for _, batch in read]) for name in ("danger", "weight"))
    dangers, alarming, ordinary = judged == 1, (judged == 0) & (weight > 1), (judged == 0) & (weight == 1)
    if not (dangers.any() and alarming.any() and ordinary.any()):
        return math.nan
    limit = max(danger[alarming].quantile(0.92), danger[ordinary].quantile(0.97))
    return float((danger[dangers] > limit).float().mean())


def facts_f1(read: list[tuple[Readings, Batch]]) -> float:
    """Return F1 over all facts; NaN where none is told or seen."""
    seen = torch.cat([readings.facts > FACT_LOGIT for readings, _ in read])
    facts = torch.cat([batch.facts for _, batch in read])
    right, wrong, missed = (seen & (facts == 1)).sum(), (seen & (facts == 0)).sum(), (~seen & (facts == 1)).sum()
    return float(2 * right / (2 * right + wrong + missed))


@torch.no_grad()
def vectors_of(encoder: TunedEncoder, reader: Reader, rows: list[Row]) -> Tensor:
    """Return the vectors (n, dim) of rows that are kept, with nothing left out of the layers that learn."""
    encoder.eval()
    vectors = torch.cat([encoder.above(batch.states, batch.present) for batch in reader.batches(rows, None)])
    encoder.train()
    return vectors


def tune(options: argparse.Namespace) -> None:
    """Read, begin, and learn."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    dice = random.Random(options.seed)
    source = options.weights or locate()
    weights = Weights(source)
    without = frozenset(options.without)
    rows, turns = tuning_data.read(options.data, without), tuning_data.read_turns(options.data, without)
    parts = tuning_data.divide(rows, turns, options.known, dice)
    labels = Labels.of([*rows, *turns])
    reader = Reader(make_tokenizer(weights.pieces), weights.pieces.pad, weights.shape.hidden, labels, options.lost)
    encoder = begin(weights, options)
    if options.limit:
        sample = dice.sample(parts.taught, min(len(parts.taught), options.limit))
        parts = replace(parts, taught=sample, taught_turns=parts.taught_turns[: options.limit])
    checked = choose_checked(parts, dice)
    seen = tuning_data.varied([*parts.taught, *parts.taught_turns], dice)
    sampled = parts.taught[:SAMPLED]
    before = {turn.before for turn in [*parts.taught_turns, *parts.held_turns] if turn.before}
    reader.keep(encoder, {row.text for row in [*seen, *checked, *sampled]} | before, options.half)
    reader.keep_before(encoder, before, options.half)
    counts = [len(names) for names in labels.acts.values()]
    sample_vectors = vectors_of(encoder, reader, sampled)
    heads = Heads(
        sample_vectors, len(labels.topics), len(labels.questions), counts, len(labels.facts), len(labels.answers) + 1
    )
    manifest = describe(options, source, [*rows, *turns], parts)
    say(f"{len(parts.taught)} sentences and {len(parts.taught_turns)} turns, {len(parts.held)} sentences held out")
    learn(options, encoder, heads, reader, seen, reader.batches(checked, None), manifest, dice)
    if options.reference:
        write_reference(options.reference, encoder, reader)


def begin(weights: Weights, options: argparse.Namespace) -> TunedEncoder:
    """Return the encoder that learning begins with."""
    encoder = TunedEncoder(weights, options.rank, options.upper, options.dropout, options.still)
    if options.start:
        with np.load(options.start, allow_pickle=False) as arrays:
            encoder.begin_with(dict(arrays), options.kept)
    return encoder


def choose_checked(parts: Parts, dice: random.Random) -> list[Row]:
    """Return what is measured on: some of the held sentences, and all held turns."""
    plain = [row for row in parts.held if not row.question and not row.act]
    asking = [row for row in parts.held if row.question or row.act]
    checked = dice.sample(plain, min(len(plain), CHECKED))
    checked += dice.sample(asking, min(len(asking), CHECKED // 2))
    return checked + parts.held_turns


def describe(options: argparse.Namespace, source: Path, rows: list[Row], parts: Parts) -> dict[str, object]:
    """Return the manifest, without what becomes known while it learns."""
    return {
        "data": tuning_data.fingerprint(rows),
        "source": hashlib.sha256(source.read_bytes()).hexdigest(),
        "languages": sorted({row.lang for row in rows}),
        "sentences": len(parts.taught),
        "turns": len(parts.taught_turns),
        "held_out": len(parts.held),
        "start": hashlib.sha256(options.start.read_bytes()).hexdigest()[:12] if options.start else None,
        **{name: getattr(options, name) for name in TOLD},
    }


def learn(
    options: argparse.Namespace,
    encoder: TunedEncoder,
    heads: Heads,
    reader: Reader,
    seen: list[Row],
    checks: list[Batch],
    manifest: dict[str, object],
    dice: random.Random,
) -> None:
    """Learn from ``seen`` until the steps or the minutes are over; each `CHECK` steps measure and write."""
    factors = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    fast = {"params": list(heads.parameters()), "lr": options.rate * HEAD_RATE}
    optimizer = torch.optim.AdamW([{"params": factors}, fast], options.rate, (0.9, 0.98), weight_decay=0.01)
    steps = options.steps or int(options.epochs * -(-len(seen) // BATCH))
    say(f"{steps} steps")
    began, done, running = time.monotonic(), 0.0, 0.0
    for step, batch in enumerate(endless(reader, seen, dice), 1):
        set_rates(optimizer, (options.rate, options.rate * HEAD_RATE), pace(done))
        with torch.autocast("cpu", torch.bfloat16, enabled=options.half):
            loss = loss_of(read_vectors(encoder, heads, batch), batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(factors, 1.0)
        optimizer.step()
        running = 0.98 * running + 0.02 * float(loss.detach()) if step > 1 else float(loss.detach())
        passed = time.monotonic() - began
        done = max(step / steps, passed / 60 / options.minutes if options.minutes else 0)
        if step % 25 == 0:
            say(f"step {step}, {done:.0%}, loss {running:.3f}, {passed:.0f} s")
        if step % CHECK == 0 or done >= 1:
            figures = measure(encoder, heads, checks)
            say(f"step {step}: {figures}")
            write(options.out, encoder.delta(), {**manifest, "steps": step, "done": round(done, 3), "figures": figures})
        if done >= 1:
            return


def endless(reader: Reader, rows: list[Row], dice: random.Random) -> Iterator[Batch]:
    """Yield the batches of one epoch after the other, each shuffled anew."""
    while True:
        yield from reader.batches(rows, dice)


def set_rates(optimizer: torch.optim.Optimizer, rates: Sequence[float], share: float) -> None:
    """Let each group of parameters learn at a share of its highest rate."""
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate * share


def pace(done: float) -> float:
    """Return the rate, as a share of the highest, when ``done`` (0..1) of the work is done: up, then down a cosine."""
    if done < WARM_UP:
        return 0.02 + 0.98 * done / WARM_UP
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (min(done, 1.0) - WARM_UP) / (1 - WARM_UP)))


def write(path: Path, delta: dict[str, np.ndarray], manifest: dict[str, object]) -> None:
    """Write plain arrays, and beside them a manifest of what they were made from."""
    partial = path.with_suffix(".new.npz")
    np.savez(partial, **delta)  # type: ignore[arg-type]
    partial.replace(path)
    path.with_suffix(".json").write_text(json.dumps(manifest, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def write_reference(path: Path, encoder: TunedEncoder, reader: Reader) -> None:
    """Write the vectors of a few sentences, for the test that the conversion gives the same."""
    encoder.eval()
    with torch.no_grad():
        vectors = [encoder(torch.tensor([ids]))[0].numpy() for ids in reader.ids_of(REFERENCE)]
    np.savez(path, texts=np.array(REFERENCE), vectors=np.stack(vectors).astype(np.float16))


def say(text: str) -> None:
    """Tell how far it is, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main() -> None:
    """Read the options and tune."""
    parser = argparse.ArgumentParser(description="Tune the sentence encoder on the project's own words.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder with nlu/, danger/, talks/ ...")
    parser.add_argument("--known", type=float, default=1.0, help="share of topics and dangers that is learned from")
    parser.add_argument("--weights", type=Path, default=None, help="weights file (default: of the installed package)")
    parser.add_argument("--out", type=Path, default=Path("encoder/making/tuning.npz"))
    parser.add_argument("--start", type=Path, default=None, help="go on from this file")
    parser.add_argument("--kept", type=float, default=1.0, help="how much of that file is kept to begin with")
    parser.add_argument("--dropout", type=float, default=0.1, help="share of channels left out in each layer")
    parser.add_argument("--lost", type=float, default=0.08, help="share of tokens left out")
    parser.add_argument("--reference", type=Path, default=None, help="file for the vectors of a few sentences")
    parser.add_argument("--steps", type=int, default=0, help="how many batches, instead of --epochs")
    parser.add_argument("--epochs", type=float, default=5, help="how often every sentence and turn is seen")
    parser.add_argument("--half", action="store_true", help="compute in bfloat16: faster where it can")
    parser.add_argument("--minutes", type=float, default=0, help="end after so long, however far it has come")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--upper", type=int, default=12, help="how many layers are tuned, counted from the last")
    parser.add_argument("--still", type=int, default=0, help="how many of the lowest layers learn nothing more")
    parser.add_argument("--rate", type=float, default=1.0e-3)
    parser.add_argument("--seed", type=int, default=24)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0, help="learn from so many sentences and turns only, for a trial")
    parser.add_argument("--without", nargs="*", default=[], help="languages to leave out, for a trial")
    tune(parser.parse_args())


if __name__ == "__main__":
    main()
