"""The encoder in PyTorch, with low-rank factors to tune; see scripts/tune_encoder.py.

The weights of the package stay as they are. What is learned is small: for every attention and feed-forward matrix W
(out, in) two factors ``up`` (out, rank) and ``down`` (rank, in) with W + up @ down, and a change of every bias and
layer norm. Beside it the linear heads that what is learned is read with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bot.domain.signals import SIGNALS
from encoder.making.weights import Weights

LINEARS = ("q", "k", "v", "ao", "fi", "fo")
DROPOUT = 0.2
"""Share of a vector's components that are left out before the heads read it."""


class LowRank(nn.Module):
    """A frozen linear layer plus ``up @ down`` and a change of its bias."""

    def __init__(self, weights: Weights, name: str, out: int, into: int, rank: int) -> None:
        super().__init__()
        self.name = name
        self.weight = nn.Buffer(torch.from_numpy(weights.tensor(name + ".w", out, into)))
        self.base = nn.Buffer(torch.from_numpy(weights.tensor(name + ".b", out)))
        self.down = nn.Parameter(torch.randn(rank, into) / into**0.5)
        self.up = nn.Parameter(torch.zeros(out, rank))
        self.shift = nn.Parameter(torch.zeros(out))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.base + self.shift) + F.linear(F.linear(x, self.down), self.up)

    def delta(self) -> dict[str, Tensor]:
        return {self.name + ".w.up": self.up, self.name + ".w.down": self.down, self.name + ".b": self.shift}


class Norm(nn.Module):
    """A layer norm whose gain and bias may change."""

    def __init__(self, weights: Weights, name: str, size: int, epsilon: float) -> None:
        super().__init__()
        self.name, self.epsilon = name, epsilon
        self.weight = nn.Buffer(torch.from_numpy(weights.tensor(name + ".w", size)))
        self.bias = nn.Buffer(torch.from_numpy(weights.tensor(name + ".b", size)))
        self.gain = nn.Parameter(torch.zeros(size))
        self.shift = nn.Parameter(torch.zeros(size))

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], self.weight + self.gain, self.bias + self.shift, self.epsilon)

    def delta(self) -> dict[str, Tensor]:
        return {self.name + ".w": self.gain, self.name + ".b": self.shift}


class Layer(nn.Module):
    """One transformer layer, norms after the sums.

    While it learns, a share `dropout` of the channels of each sum is left out, the same ones for a whole sentence:
    without it the encoder learns its sentences by heart.
    """

    def __init__(self, weights: Weights, index: int, rank: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        shape = weights.shape
        hidden, inner = shape.hidden, shape.feed_forward
        sizes = {"fi": (inner, hidden), "fo": (hidden, inner)}
        self.heads = shape.heads
        for part in LINEARS:
            setattr(self, part, LowRank(weights, f"l{index}.{part}", *sizes.get(part, (hidden, hidden)), rank))
        for part in ("aln", "oln"):
            setattr(self, part, Norm(weights, f"l{index}.{part}", hidden, shape.epsilon))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x`` (batch, tokens, hidden); ``mask`` (batch, 1, 1, tokens), true where there is a token."""
        batch, tokens, hidden = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(batch, tokens, self.heads, hidden // self.heads).transpose(1, 2)

        seen = F.scaled_dot_product_attention(split(self.q(x)), split(self.k(x)), split(self.v(x)), attn_mask=mask)
        x = self.aln(x + self._some(self.ao(seen.transpose(1, 2).reshape(batch, tokens, hidden))))
        return self.oln(x + self._some(self.fo(F.gelu(self.fi(x)))))

    def _some(self, change: Tensor) -> Tensor:
        if not self.training or not self.dropout:
            return change
        return change * F.dropout(torch.ones_like(change[:, :1]), self.dropout)


class TunedEncoder(nn.Module):
    """Token ids in, one vector of length 1 per sentence out, as at run time."""

    def __init__(self, weights: Weights, rank: int, upper: int, dropout: float = 0.0, still: int = 0) -> None:
        """Make it of ``weights``, with new factors.

        Only the ``upper`` last layers are tuned; what lies below is the same work for every task. The lowest ``still``
        of all keep what they begin with and learn nothing: what comes out of them can be kept.
        """
        super().__init__()
        shape = weights.shape
        self.frozen = shape.layers - upper
        self.still = max(still, self.frozen)
        self.words = nn.Buffer(torch.from_numpy(weights.tensor("emb.word", shape.vocabulary, shape.hidden)))
        positions = weights.tensor("emb.pos", shape.positions, shape.hidden)
        types = weights.tensor("emb.type", shape.types, shape.hidden)
        self.positions = nn.Buffer(torch.from_numpy(positions + types[0]))
        self.norm = Norm(weights, "emb.ln", shape.hidden, shape.epsilon)
        self.layers = nn.ModuleList(Layer(weights, index, rank, dropout) for index in range(shape.layers))
        self.pad = weights.pieces.pad
        for module in (self.norm, *self.layers[: self.still]):
            module.requires_grad_(False)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the vectors (batch, dim) of ``ids`` (batch, tokens), int64, filled up with the padding id."""
        return self.above(*self.below(ids))

    def below(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return what comes out of the layers that learn nothing (batch, tokens, hidden), and where there is a token
        (batch, tokens)."""
        present = ids != self.pad
        mask = present[:, None, None, :]
        with torch.no_grad():
            states = self.norm(F.embedding(ids, self.words) + self.positions[: ids.shape[1]])
            for layer in self.layers[: self.still]:
                states = layer(states, mask)
        return states, present

    def above(self, states: Tensor, present: Tensor) -> Tensor:
        """Return the vectors (batch, dim) of what ``below`` returned."""
        mask = present[:, None, None, :]
        for layer in self.layers[self.still :]:
            states = layer(states, mask)
        mean = (states * present[..., None]).sum(1) / present.sum(1, keepdim=True)
        return F.normalize(mean, dim=-1)

    def parts(self) -> dict[str, Tensor]:
        """What is learned, under the names of the weights file."""
        found: dict[str, Tensor] = {}
        for module in self.layers[self.frozen :].modules():
            if isinstance(module, (LowRank, Norm)):
                found |= module.delta()
        return found

    def delta(self) -> dict[str, np.ndarray]:
        """What was learned, as float16 arrays."""
        return {name: part.detach().numpy().astype(np.float16) for name, part in self.parts().items()}

    @torch.no_grad()
    def begin_with(self, delta: dict[str, np.ndarray], kept: float = 1.0) -> None:
        """Go on from a share ``kept`` of what ``delta`` gave, of the same layers, those that learn nothing included.
        Where its rank is lower, the other factors begin anew."""
        for name, part in self.parts().items():
            given = torch.from_numpy(delta[name].astype(np.float32))
            if not name.endswith(".down"):
                given *= kept
            part[tuple(slice(size) for size in given.shape)] = given


class Readings(NamedTuple):
    """Logits of n vectors."""

    topic: Tensor  # (n, topics)
    danger: Tensor  # (n,)
    fine: Tensor  # emergency and signals, (n, 12)
    question: Tensor  # (n, questions)
    acts: list[Tensor]  # for each group of acts (n, labels)
    facts: Tensor  # (n, facts)


class Heads(nn.Module):
    """Linear readings of the centred vector; thrown away after tuning. The question is read in the light of what was
    written before and of the last answer."""

    def __init__(
        self, sample: Tensor, topics: int, questions: int, acts: Sequence[int], facts: int, answers: int
    ) -> None:
        """Begin at zero. ``sample`` (n, dim) are vectors that give the mean and the scale, the others counts:
        ``acts`` of the labels of each group, ``answers`` of what the last answer can be, none included."""
        super().__init__()
        self.mean = nn.Buffer(sample.mean(0))
        self.scale = float(1 / (sample - self.mean).std())
        size = sample.shape[1]
        self.topics = topics
        self.all = nn.Linear(size, topics + 2 + len(SIGNALS))
        self.question = nn.Linear(size, questions)
        self.before = nn.Linear(size, questions, bias=False)
        self.last = nn.Embedding(answers, questions)
        self.acts = nn.ModuleList(nn.Linear(size, count) for count in acts)
        self.facts = nn.Linear(size, facts)
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    def forward(self, vectors: Tensor, before: Tensor, last: Tensor) -> Readings:
        """Read ``vectors`` (n, dim), with the centred vectors ``before`` (n, dim), zero where nothing was written
        before, and the numbers of the ``last`` answer (n,), 0 for none."""
        given = F.dropout((vectors - self.mean) * self.scale, DROPOUT, self.training)
        read = self.all(given)
        question, acts, facts = self.question(given), [head(given) for head in self.acts], self.facts(given)
        earlier = F.dropout(before * self.scale, DROPOUT, self.training)
        question = question + self.before(earlier) + self.last(last)
        topic, danger, fine = read[:, : self.topics], read[:, self.topics], read[:, self.topics + 1 :]
        return Readings(topic, danger, fine, question, acts, facts)
