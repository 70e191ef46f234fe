"""Learn to read a message together with what was said before it.

Written are ``encoder/making/context.npz`` (low-rank factors of the encoder) and ``encoder/runtime/context_heads.npz``
(the linear heads on its vector).

    /some/where/bin/python scripts/tune_context.py --weights path/to/e5-small-q4.bin

in the environment of ``scripts/tune_encoder.py``, from which this goes on: it begins with
``encoder/making/tuning.npz``, or with ``--begin`` where an earlier round of its own ended. Needed only when the
conversations have changed much; a new question of ``data/questions`` is found by the dialogue model until then.

Learned together, through one vector, from the turns of ``data/talks``: the question that is asked, what the message
does, facts, feeling and kind of follow-up, whom it is about, and danger as it is at that turn; beside them sentences of
``data/questions`` and lines of ``data/danger``, which stand alone, and follow-ups made of the table topic x kind. A
tenth of the conversations, by a hash of their first turn, is never learned from: it sets the temperatures.

What comes out of the lowest layers, which learn nothing, is computed once and kept (up to 5 GB). Forty minutes on two
cores.
See docs/decisions/0104-context.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
import yaml
from torch import Tensor, nn
from torch.nn import functional as F
from tuning_model import TunedEncoder

from encoder.making import talks
from encoder.making.convert import PREFIX, make_tokenizer
from encoder.making.corpus import examples
from encoder.making.tuning import CONTEXT, TUNING
from encoder.making.weights import Weights, locate
from encoder.runtime.context import HEADS, NOTHING, TOLD
from encoder.runtime.encoder import OF_TEXT, beside_it
from encoder.runtime.text import clean, leant_on
from encoder.runtime.transliteration import native

ROOT = Path(__file__).resolve().parent.parent
BATCH, BUCKET = 64, 24
RANK, STILL = 32, 6
LINES_OF_DANGER = 14_000
OFTEN = {"turn": 0.4, "reading": 1.5, "follow_up": 0.2, "sentence": 0.15, "fresh": 1.0, "danger": 0.2,
         "act": 0.3}  # fmt: skip
"""How often each kind of line is shown in a round; ``reading`` are turns of conversations that go as they really go, of
which danger, act and answers are labelled; ``fresh`` are sentences of questions that no turn asks; ``act`` what
somebody in danger says, by itself."""
HEAD_RATE, WARM_UP, SMOOTHING, DROPOUT = 4.0, 0.06, 0.05, 0.2
QUESTION, FACTS = 2.0, 6.0 / 40
FACTS_ROUNDS, FACTS_RATE, FACTS_DECAY = 300, 0.02, 0.02
"""How the facts are learned once more in the end: all turns at once, so often."""
THEMES_RATE, THEMES_DECAY, THEMES_DROPOUT = 0.01, 1.0, 0.3
"""How the themes are, of which there are few turns each."""
FRESH_ROUNDS, FRESH_RATE, FRESH_DECAY, RARE, OFTENER = 250, 0.02, 0.3, -3.0, 0.7
"""How the rows of new questions are learned, the bias they begin with, and what is taken off it in the end: of the
lines a third ask one of them, of what people write one in eight."""
FIRST = 0.75
"""What the first of several right answers weighs; the others share the rest."""
NO = ""
AMID, ANOTHER_LAST, ONLY_NEWEST = 0.5, 0.15, 0.2
"""Share of the sentences that are put into the middle of a conversation, for who changes the subject; of the turns that
have another last answer than the right one, for what is answered is not always right; and of those that have only the
newest of what was written before."""
WHOM = ("self", "other")
SIDED = 2
"""Questions of one side by which a conversation is about that side, where few are of the other."""
OF_STORY = 0.5
"""What the answer to who only tells weighs: hearing it is often as right."""
WEIGHTS = {"act": 1.0, "danger": 1.0, "safety": 1.0, "theme": 0.5, "about": 0.5, "feeling": 0.5, "follow_up": 0.5}
"""What the other heads weigh beside the question."""
KEPT = ("question", "act", "danger", "about", "safety", "theme")
"""The heads that are used; the others only make the vector better."""


@dataclass(frozen=True)
class Line:
    """A message with what stood before it, and what is known of it: an empty string for what is not."""

    kind: str
    text: str
    before: tuple[str, ...] = ()
    last: str = ""
    answers: tuple[str, ...] = ()
    act: str = ""
    danger: str = ""
    about: str = ""
    told: tuple[str, ...] | None = None
    feeling: str = ""
    follow_up: str = ""
    safety: str = ""
    theme: str = ""
    held: bool = False
    weight: float = 1.0


def read(data: Path, content: Path, dice: random.Random) -> list[Line]:
    """Return every line there is."""
    who_asks = roles(content / "questions.yml")
    amid: dict[tuple[str, str], list[talks.Turn]] = defaultdict(list)
    lines = list(of_talks(data, who_asks, amid, dice))
    known = {answer for line in lines for answer in line.answers}
    for path in sorted((data / "questions").glob("*/*.yml")):
        for question, text in examples(path):
            kind, language = "sentence" if question in known else "fresh", path.parent.name
            before, last = into(amid[language, who_asks.get(question, "") or dice.choice(WHOM)], dice)
            lines.append(Line(kind, native(text, language), before, last, (question,)))
    for language, question, text, newest, last in talks.follow_ups(data, talks.table(content / "questions.yml")):
        words, earlier = native(text, language), native(newest, language)
        lines.append(Line("follow_up", words, (earlier,) if earlier else (), last, (question,), weight=0.5))
    for path in sorted((data / "acts").glob("*.yml")):
        for act, texts in yaml.safe_load(path.read_text(encoding="utf-8"))["safety"].items():
            for text in map(str, texts):
                before, last = into(amid[path.stem, "emergency"], dice)
                lines.append(Line("act", native(text, path.stem), before, last, safety=act))
    dangers = []
    for path in sorted((data / "danger").glob("*.yml")):
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in [*found["danger"], *(found["safe"] or [])]:
            words = native(str(entry["text"]), path.stem)
            dangers.append(Line("danger", words, danger=entry.get("urgency", "none")))
    return [*lines, *dice.sample(dangers, min(LINES_OF_DANGER, len(dangers)))]


def of_talks(
    data: Path, who_asks: dict[str, str], amid: dict[tuple[str, str], list[talks.Turn]], dice: random.Random
) -> Iterator[Line]:
    """Yield the turns of the conversations. Put into ``amid`` are those, by language and by whom they are about, or
    that they are an emergency, into whose place a sentence can be put."""
    for talk in conversations(data):
        language, held = talk[0].language, zlib.crc32((talk[0].language + talk[0].text).encode()) % 10 == 0
        whom = talk[0].about or about_whom(talk, who_asks)
        for turn in talk:
            answers = tuple(answer for answer in turn.answers if "/" in answer)
            if not turn.answers and (turn.act or turn.whole):
                answers = (NOTHING,)
            told, kind = turn.told if turn.told_known else None, "turn" if turn.whole else "reading"
            weight = OF_STORY if turn.whole and turn.act in {"tell", "answer"} and answers != (NOTHING,) else 1.0
            last = turn.last if held or dice.random() > ANOTHER_LAST else dice.choice(["", *who_asks])
            yield Line(
                kind, native(turn.text, language), beside(turn, dice, held), last, answers, turn.act, turn.danger,
                whom, told, turn.feeling, turn.kind, in_danger(turn), turn.theme, held, weight,
            )  # fmt: skip
            if not held and turn.earlier:
                amid[language, whom].append(turn)
                if turn.danger == "emergency":
                    amid[language, "emergency"].append(turn)


def into(turns: Sequence[talks.Turn], dice: random.Random) -> tuple[tuple[str, ...], str]:
    """Return what was written before one of ``turns``, and its last answer, for a sentence that takes its place; for
    half of the sentences nothing."""
    if not turns or dice.random() > AMID:
        return (), ""
    turn = dice.choice(turns)
    return beside(turn, dice), turn.last


def conversations(data: Path) -> Iterator[list[talks.Turn]]:
    """Yield the turns of each conversation."""
    talk: list[talks.Turn] = []
    for turn in talks.turns(data):
        if talk and not turn.earlier:
            yield talk
            talk = []
        talk.append(turn)
    if talk:
        yield talk


def in_danger(turn: talks.Turn) -> str:
    """Return what a turn does in danger; an empty string where nobody has said."""
    if turn.safety:
        return "none" if turn.safety == "elsewhere" else turn.safety
    return "none" if turn.whole and turn.in_danger else ""


def beside(turn: talks.Turn, dice: random.Random, held: bool = False) -> tuple[str, ...]:
    """Return what was written before a turn, newest first; of some that are learned from only the newest, as after a
    pause."""
    parts = tuple(native(words, turn.language) for words in leant_on(turn.earlier, turn.before))
    return parts if held or dice.random() > ONLY_NEWEST else parts[:1]


def roles(path: Path) -> dict[str, str]:
    """Return of each question whether who asks it writes of himself (`self`), of somebody else (`other`), or either."""
    rules = yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]
    asked = {question: set(rule.get("roles") or ["any"]) for question, rule in rules.items()}
    return {
        question: "" if "any" in by or by > {"self"} else "self" if by == {"self"} else "other"
        for question, by in asked.items()
    }


def about_whom(talk: Sequence[talks.Turn], who_asks: dict[str, str]) -> str:
    """Return whom a conversation is about by what is asked in it; an empty string where that leaves a doubt."""
    asked = Counter(who_asks.get(answer, "") for turn in talk for answer in turn.answers[:1])
    for whom, other in (WHOM, WHOM[::-1]):
        if asked[whom] >= SIDED and asked[other] * 4 <= asked[whom]:
            return whom
    return ""


@dataclass(frozen=True)
class Labels:
    """The labels of each head, and those of the facts."""

    heads: dict[str, list[str]]
    facts: list[str]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Labels:
        """Return those that occur."""
        return cls(
            {
                "question": sorted({answer for line in lines for answer in line.answers}),
                "act": sorted({line.act for line in lines} - {NO}),
                "danger": sorted({line.danger for line in lines} - {NO}),
                "about": sorted({line.about for line in lines} - {NO}),
                "feeling": sorted({line.feeling for line in lines}),
                "follow_up": sorted({line.follow_up for line in lines}),
                "safety": sorted({line.safety for line in lines} - {NO}),
                "theme": sorted({line.theme for line in lines} - {NO}),
            },
            sorted({fact for line in lines for fact in line.told or ()}),
        )


class Heads(nn.Module):
    """Linear readings of the centred vector."""

    def __init__(self, size: int, labels: Labels) -> None:
        super().__init__()
        self.linear = nn.ModuleDict({name: nn.Linear(size, len(found)) for name, found in labels.heads.items()})
        self.facts = nn.Linear(size, len(labels.facts))
        self.mean = nn.Buffer(torch.zeros(size))
        self.scale = 1.0
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    @torch.no_grad()
    def begin_with(self, path: Path, labels: Labels) -> None:
        """Go on from the heads of an earlier round, label by label."""
        with np.load(path, allow_pickle=False) as arrays:
            about = json.loads(arrays["told"].tobytes())
            self.mean.copy_(torch.from_numpy(arrays["mean"]))
            self.scale = float(about["scale"])
            for name, known in about["labels"].items():
                at = {label: number for number, label in enumerate(known)}
                head, now = (self.facts, labels.facts) if name == TOLD else (self.linear[name], labels.heads[name])
                for row, label in enumerate(now):
                    if label in at:
                        head.weight[row] = torch.from_numpy(arrays[f"{name}.w"][at[label]].astype("f4"))
                        head.bias[row] = float(arrays[f"{name}.b"][at[label]])

    def centre(self, vectors: Tensor) -> None:
        """Take mean and scale from ``vectors`` (n, dim)."""
        self.mean.copy_(vectors.mean(0))
        self.scale = float(1 / (vectors - self.mean).std())

    def forward(self, vectors: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Return the logits of each head (n, labels) and those of the facts (n, facts)."""
        given = F.dropout((vectors - self.mean) * self.scale, DROPOUT, self.training)
        return {name: head(given) for name, head in self.linear.items()}, self.facts(given)


class Reader:
    """The encoder, which puts each line through the layers that learn nothing once, when it is first shown."""

    def __init__(self, encoder: TunedEncoder, weights: Weights, lines: Sequence[Line]) -> None:
        self.encoder, self.lines = encoder, lines
        self.size = weights.shape.hidden
        tokenizer, self.pad = make_tokenizer(weights.pieces), weights.pieces.pad
        self.own: list[int] = []
        self.ids: list[list[int]] = []
        for line in lines:
            words = tokenizer.encode(PREFIX + clean(line.text)).ids
            words = words if len(words) <= OF_TEXT else words[: OF_TEXT // 2] + words[-OF_TEXT // 2 :]
            self.own.append(len(words))
            for beside, most in beside_it(line.before, spoken(line.last)):
                more = tokenizer.encode(clean(beside)).ids[1:]
                if len(more) > 1:
                    words = [*words, *([*more[: most - 1], more[-1]] if len(more) > most else more)]
            self.ids.append(words)
        self.states: dict[int, np.ndarray] = {}

    @torch.no_grad()
    def _below(self, places: Sequence[int]) -> None:
        """Keep what comes out of the layers that learn nothing."""
        for layer in self.encoder.layers[: self.encoder.still]:
            layer.eval()
        longest = max(len(self.ids[at]) for at in places)
        ids = [self.ids[at] + [self.pad] * (longest - len(self.ids[at])) for at in places]
        with torch.autocast("cpu", torch.bfloat16):
            states, _ = self.encoder.below(torch.tensor(ids))
        for at, state in zip(places, states, strict=True):
            self.states[at] = state[: len(self.ids[at])].to(torch.float16).numpy()

    def vectors(self, places: Sequence[int]) -> Tensor:
        """Return the vectors (n, dim) of lines: the mean over the tokens of the text alone."""
        if new := [at for at in places if at not in self.states]:
            self._below(new)
        longest = max(len(self.ids[at]) for at in places)
        states = torch.zeros(len(places), longest, self.size)
        present = torch.zeros(len(places), longest, dtype=torch.bool)
        own = torch.zeros(len(places), longest)
        for row, at in enumerate(places):
            length = len(self.states[at])
            states[row, :length] = torch.from_numpy(self.states[at].astype(np.float32))
            present[row, :length] = True
            own[row, : self.own[at]] = 1
        for layer in self.encoder.layers[self.encoder.still :]:
            states = layer(states, present[:, None, None, :])
        return F.normalize(((states * own[..., None]).sum(1) / own.sum(1, keepdim=True)).float(), dim=-1)

    def batches(self, places: Sequence[int], dice: random.Random | None) -> Iterator[list[int]]:
        """Yield places in batches of like length, shuffled where there are ``dice``."""
        order = list(places)
        if dice:
            dice.shuffle(order)
        group = BATCH * BUCKET if dice else len(order)
        for start in range(0, len(order), group):
            part = sorted(order[start : start + group], key=lambda at: len(self.ids[at]))
            chunks = [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
            if dice:
                dice.shuffle(chunks)
            yield from chunks


def spoken(answer: str) -> str:
    """Return the id of an answer as words."""
    return " ".join(answer.replace("/", " ").replace("_", " ").split())


def loss_of(read: tuple[dict[str, Tensor], Tensor], lines: Sequence[Line], labels: Labels) -> Tensor:
    """Return the loss of a batch."""
    logits, facts = read
    number = {name: {label: at for at, label in enumerate(found)} for name, found in labels.heads.items()}
    asking = [row for row, line in enumerate(lines) if line.answers]
    total = torch.zeros(())
    if asking:
        right = torch.full((len(asking), len(labels.heads["question"])), SMOOTHING / len(labels.heads["question"]))
        for row, at in enumerate(asking):
            first, *others = lines[at].answers
            for answer, share in [(first, FIRST if others else 1.0), *((o, (1 - FIRST) / len(others)) for o in others)]:
                right[row, number["question"][answer]] += (1 - SMOOTHING) * share
        weights = torch.tensor([lines[at].weight for at in asking])
        likely = F.log_softmax(logits["question"][asking].float(), -1)
        total = total - QUESTION * ((right * likely).sum(1) * weights).sum() / len(lines)
    for name, weight in WEIGHTS.items():
        judged = [line.kind == "turn" or name in KEPT for line in lines]
        known = [number[name].get(getattr(line, name), -1) if j else -1 for line, j in zip(lines, judged, strict=True)]
        given = F.cross_entropy(logits[name].float(), torch.tensor(known), ignore_index=-1, reduction="sum")
        total = total + weight * given / len(lines)
    turns = [row for row, line in enumerate(lines) if line.told is not None]
    if turns:
        told = torch.tensor([[float(fact in (lines[at].told or ())) for fact in labels.facts] for at in turns])
        given = F.binary_cross_entropy_with_logits(facts[turns].float(), told, reduction="sum")
        total = total + FACTS * given / len(lines)
    return total


def learn(options: argparse.Namespace, reader: Reader, heads: Heads, labels: Labels, dice: random.Random) -> None:
    """Learn until the rounds, or the minutes, are over."""
    lines = reader.lines
    taught = [at for at, line in enumerate(lines) if not line.held]
    factors = [parameter for parameter in reader.encoder.parameters() if parameter.requires_grad]
    fast = {"params": list(heads.parameters()), "lr": options.rate * HEAD_RATE}
    optimizer = torch.optim.AdamW([{"params": factors}, fast], options.rate, (0.9, 0.98), weight_decay=0.01)
    steps = int(options.epochs * sum(OFTEN[lines[at].kind] for at in taught) / BATCH)
    began, step, done = time.monotonic(), 0, 0.0
    reader.encoder.train()
    heads.train()
    while done < 1:
        shown = [at for at in taught for _ in range(int(OFTEN[lines[at].kind] + dice.random()))]
        for places in reader.batches(shown, dice):
            for group, rate in zip(optimizer.param_groups, (options.rate, options.rate * HEAD_RATE), strict=True):
                group["lr"] = rate * pace(done)
            with torch.autocast("cpu", torch.bfloat16):
                found = heads(reader.vectors(places))
            loss = loss_of(found, [lines[at] for at in places], labels)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(factors, 1.0)
            optimizer.step()
            step += 1
            done = max(step / steps, (time.monotonic() - began) / 60 / options.minutes)
            if step % 25 == 0:
                say(f"step {step}, {done:.0%}, loss {float(loss.detach()):.3f}")
            if done >= 1:
                break


def pace(done: float) -> float:
    """Return the rate, as a share of the highest, when ``done`` (0..1) of the work is done: up, then down a cosine."""
    if done < WARM_UP:
        return 0.02 + 0.98 * done / WARM_UP
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (min(done, 1.0) - WARM_UP) / (1 - WARM_UP)))


@torch.no_grad()
def temperatures(reader: Reader, heads: Heads, labels: Labels) -> tuple[dict[str, float], dict[str, float]]:
    """Return for each head that is used the temperature by which its shares are what they say on the held turns, and
    the share of these in which it is right."""
    reader.encoder.eval()
    heads.eval()
    found: dict[str, list[tuple[Tensor, int]]] = {name: [] for name in KEPT}
    for places in reader.batches([at for at, line in enumerate(reader.lines) if line.held], None):
        with torch.autocast("cpu", torch.bfloat16):
            vectors = reader.vectors(places)
        logits, _ = heads(vectors.float())
        for row, at in enumerate(places):
            line = reader.lines[at]
            for name in KEPT:
                label = (line.answers[:1] or (NO,))[0] if name == "question" else getattr(line, name)
                if label:
                    found[name].append((logits[name][row], labels.heads[name].index(label)))
    best, right = {}, {}
    for name, cases in found.items():
        if not cases:
            continue
        every, numbers = torch.stack([logit for logit, _ in cases]), torch.tensor([number for _, number in cases])
        best[name] = min(
            (0.5 + 0.05 * at for at in range(60)), key=lambda t: float(F.cross_entropy(every / t, numbers))
        )
        right[name] = round(float((every.argmax(1) == numbers).float().mean()), 4)
    return best, right


@torch.no_grad()
def vectors_of(reader: Reader, heads: Heads, places: Sequence[int]) -> Tensor:
    """Return the centred vectors (n, dim) of lines, in their order."""
    reader.encoder.eval()
    found = torch.zeros(len(places), reader.size)
    at = {place: row for row, place in enumerate(places)}
    for batch in reader.batches(places, None):
        with torch.autocast("cpu", torch.bfloat16):
            found[[at[place] for place in batch]] = (reader.vectors(batch).float() - heads.mean) * heads.scale
    return found


def learn_facts(reader: Reader, heads: Heads, labels: Labels) -> dict[str, float]:
    """Train the head of the facts on the final vectors, since training with the other heads shows it each turn less
    than once. Return its precision and recall on the held turns."""
    places = [at for at, line in enumerate(reader.lines) if line.told is not None]
    vectors = vectors_of(reader, heads, places)
    held = torch.tensor([reader.lines[at].held for at in places])
    right = torch.tensor([[float(fact in (reader.lines[at].told or ())) for fact in labels.facts] for at in places])
    optimizer = torch.optim.AdamW(heads.facts.parameters(), FACTS_RATE, weight_decay=FACTS_DECAY)
    for turn in range(FACTS_ROUNDS):
        for group in optimizer.param_groups:
            group["lr"] = FACTS_RATE * pace(turn / FACTS_ROUNDS)
        optimizer.zero_grad()
        given = heads.facts(F.dropout(vectors[~held], DROPOUT))
        F.binary_cross_entropy_with_logits(given, right[~held]).backward()
        optimizer.step()
    with torch.no_grad():
        found, wanted = torch.sigmoid(heads.facts(vectors[held])) >= 0.5, right[held] > 0
    both = float((found & wanted).sum())
    return {"told_precision": both / max(float(found.sum()), 1), "told_recall": both / max(float(wanted.sum()), 1)}


def learn_themes(reader: Reader, heads: Heads, labels: Labels) -> None:
    """Train the head of the themes on the final vectors, as that of the facts."""
    places = [at for at, line in enumerate(reader.lines) if line.theme and not line.held]
    vectors = vectors_of(reader, heads, places)
    right = torch.tensor([labels.heads["theme"].index(reader.lines[at].theme) for at in places])
    head = heads.linear["theme"]
    optimizer = torch.optim.AdamW(head.parameters(), THEMES_RATE, weight_decay=THEMES_DECAY)
    for turn in range(FACTS_ROUNDS):
        for group in optimizer.param_groups:
            group["lr"] = THEMES_RATE * pace(turn / FACTS_ROUNDS)
        optimizer.zero_grad()
        F.cross_entropy(head(F.dropout(vectors, THEMES_DROPOUT)), right, label_smoothing=SMOOTHING).backward()
        optimizer.step()


def add_questions(reader: Reader, heads: Heads, labels: Labels, known: Sequence[str]) -> None:
    """Learn the rows of questions that are not among the ``known`` ones, on the vectors as they are and beside the
    other rows, which stay as they are: what was asked before is read as before."""
    head, number = heads.linear["question"], {label: at for at, label in enumerate(labels.heads["question"])}
    fresh = torch.tensor([label not in known for label in labels.heads["question"]])
    places = [at for at, line in enumerate(reader.lines) if line.answers and not line.held]
    vectors = vectors_of(reader, heads, places)
    right = torch.tensor([number[reader.lines[at].answers[0]] for at in places])
    with torch.no_grad():
        head.weight[fresh], head.bias[fresh] = 0.0, RARE
        still = F.linear(vectors, head.weight, head.bias)
    rows = nn.Linear(reader.size, int(fresh.sum()))
    nn.init.zeros_(rows.weight)
    nn.init.constant_(rows.bias, RARE)
    optimizer = torch.optim.AdamW(rows.parameters(), FRESH_RATE, weight_decay=FRESH_DECAY)
    for turn in range(FRESH_ROUNDS):
        for group in optimizer.param_groups:
            group["lr"] = FRESH_RATE * pace(turn / FRESH_ROUNDS)
        optimizer.zero_grad()
        logits = still.clone()
        logits[:, fresh] = rows(F.dropout(vectors, DROPOUT))
        F.cross_entropy(logits, right, label_smoothing=SMOOTHING).backward()
        optimizer.step()
    with torch.no_grad():
        head.weight[fresh], head.bias[fresh] = rows.weight, rows.bias - OFTENER


def write(options: argparse.Namespace, reader: Reader, heads: Heads, labels: Labels) -> None:
    """Write the factors, and the heads with the digest of the factors they belong to."""
    np.savez(options.out, **reader.encoder.delta())
    learn_themes(reader, heads, labels)
    told = learn_facts(reader, heads, labels)
    temperature, right = temperatures(reader, heads, labels)
    right |= {name: round(share, 4) for name, share in told.items()}
    say(f"right on held turns: {right}; temperatures {temperature}")
    about = {
        "tuning": hashlib.sha256(options.out.read_bytes()).hexdigest()[:12],
        "labels": {name: labels.heads[name] for name in KEPT} | {TOLD: labels.facts},
        "scale": heads.scale,
        "temperature": temperature,
        "right": right,
    }
    arrays = {"mean": heads.mean.numpy(), "told": np.frombuffer(json.dumps(about).encode(), np.uint8)}
    for name, head in [*((name, heads.linear[name]) for name in KEPT), (TOLD, heads.facts)]:
        arrays |= {
            f"{name}.w": head.weight.detach().numpy().astype(np.float16),
            f"{name}.b": head.bias.detach().numpy().astype(np.float32),
        }
    np.savez(options.heads, **arrays)


def say(text: str) -> None:
    """Tell how far it is, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main() -> None:
    """Read the options and learn."""
    parser = argparse.ArgumentParser(description="Learn to read a message together with what was said before it.")
    parser.add_argument("--weights", type=Path, default=None, help="weights file (default: of the installed package)")
    parser.add_argument("--out", type=Path, default=CONTEXT)
    parser.add_argument("--heads", type=Path, default=HEADS)
    parser.add_argument("--begin", type=Path, default=TUNING, help="factors to go on from")
    parser.add_argument("--epochs", type=float, default=2.3)
    parser.add_argument("--minutes", type=float, default=60, help="end after so long; 0: learn only the heads of new "
                        "questions, facts and themes, on the vectors as they are")  # fmt: skip
    parser.add_argument("--rate", type=float, default=1.0e-3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=int, default=0, help="learn from so many lines only, for a trial")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    dice = random.Random(options.seed)
    weights = Weights(options.weights or locate())
    encoder = TunedEncoder(weights, RANK, weights.shape.layers, 0.1, STILL)
    with np.load(options.begin, allow_pickle=False) as arrays:
        encoder.begin_with(dict(arrays))
    lines = read(ROOT / "data", ROOT / "content", dice)
    lines = dice.sample(lines, options.limit) if options.limit else lines
    labels = Labels.of(lines)
    reader = Reader(encoder, weights, lines)
    heads = Heads(reader.size, labels)
    if options.begin.resolve() == CONTEXT.resolve():
        heads.begin_with(HEADS, labels)
    else:
        with torch.no_grad():
            sample = dice.sample([at for at, line in enumerate(lines) if not line.held], 16 * BATCH)
            heads.centre(torch.cat([reader.vectors(places) for places in reader.batches(sample, None)]))
    say(f"{len(lines)} lines, {sum(line.held for line in lines)} of them held turns")
    if options.minutes:
        learn(options, reader, heads, labels, dice)
    elif options.begin.resolve() == CONTEXT.resolve():
        with np.load(HEADS, allow_pickle=False) as arrays:
            add_questions(reader, heads, labels, json.loads(arrays["told"].tobytes())["labels"]["question"])
    write(options, reader, heads, labels)


if __name__ == "__main__":
    main()
