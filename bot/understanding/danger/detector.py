"""Is this message danger? The one door of this package: `Danger.load(...).assess(...)`.

Recall first. A trained model decides; patterns raise its doubt and stand alone when there is no model; in between, the
person is asked. Nothing here raises for any text, keeps a text, or looks at a clock,
but for the processor time of the patterns.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from bot.domain.model import Assessment, Urgency
from bot.text.normalise import clean, fold
from bot.understanding.danger import exploitation as trade
from bot.understanding.danger import model as models
from bot.understanding.danger import pattern_features, patterns
from bot.understanding.danger.budget import Budget
from bot.understanding.danger.context_guards import Guard
from bot.understanding.danger.exploitation import Likeness, Traded
from bot.understanding.danger.model import Model, Scores
from bot.understanding.danger.patterns import ASK, Hit, Patterns
from bot.understanding.danger.thresholds import DangerSettings
from bot.understanding.danger.thresholds import load as load_settings
from encoder.runtime.transliteration import native

log = logging.getLogger(__name__)

_HARMLESS: Final = frozenset({Guard.PAST, Guard.TOLD, Guard.FIGURE})
"""Guards that leave nothing to ask about, when there is no model to weigh them."""
_MOST_SIGNALS: Final = 3
"""More would bury the advice that fits."""
LONG: Final = 600
END: Final = 300
"""Characters: of a longer text than `LONG` the last `END` are judged by themselves as well."""
_TOGETHER: Final = "read together with the messages before"
_PIECE: Final = "a part of the message, read by itself"
_BESIDE: Final = "what follows a denial, read by itself"
_LIGHT: Final = "read in the light of what was said before"
_SPENT: Final = "not every pattern was looked for"


UNNAMED: Final = "unnamed"
OF_OTHERS: Final = "of_others"
"""Keys of `card_of` in `content/danger.yml` that are no signals."""
FAINT = 2
"""Times the probability from which it is asked, below which a doubt is faint."""


@dataclass(frozen=True, slots=True)
class Danger:
    """Assesses messages. Immutable: any number of threads may share one."""

    settings: DangerSettings
    patterns: Patterns
    model: Model | None
    traded: Traded | None = None
    """Only beside a model, and only with a vector."""

    @classmethod
    def load(cls, models_folder: Path, settings: Path) -> Danger:
        """Read `models_folder`/danger (may be missing: then patterns alone) and the thresholds.

        Raises `DangerSettingsError`, `PatternError` or `ModelError`: what is there must be whole.
        """
        folder = models_folder / "danger"
        return cls(load_settings(settings), patterns.load(), models.load(folder), trade.load(folder))

    @property
    def degraded(self) -> bool:
        """Whether only patterns are at work."""
        return self.model is None

    def context(self, text: str, earlier: Sequence[str], alone: Assessment | None = None) -> str | None:
        """`text` as it reads after the person's last messages (newest last); None when there is nothing before, or when
        it is no part of anything, as `alone` (what `assess` said of it without them) tells.

        Encode this and give it to `assess` as `context_vector`.
        """
        if alone is not None and not self._may_continue(alone, clean(text)):
            return None
        kept: list[str] = []
        room = self.settings.context_characters
        for message in reversed(earlier[-self.settings.context_messages :] if earlier else ()):
            piece = clean(message, max(room, 2))
            if not piece or len(piece) > room:
                break
            kept.append(piece)
            room -= len(piece) + 1
        return " ".join([*reversed(kept), clean(text)]) if kept else None

    def assess(
        self,
        text: str,
        *,
        vector: np.ndarray | None = None,
        lang: str | None = None,
        earlier: Sequence[str] = (),
        context_vector: np.ndarray | None = None,
        alone: Assessment | None = None,
        budget: Budget | None = None,
    ) -> Assessment:
        """What `text` says of danger, alone and after the `earlier` messages (newest last); never lower than alone.

        `vector` is the encoder's for `text` as it is read in `lang` (`encoder.runtime.transliteration.native`),
        `context_vector` that for `self.context(text, earlier)`; without the latter the messages are read together by
        letters and patterns only. When the `budget` of the patterns is spent, the person is asked; all readings of one
        message share one. `alone` is what was said of the text by itself, where that is known. An old danger does not
        make a new "thank you" dangerous: the level of a case is kept by the service, not here.
        """
        budget = budget or Budget()
        found = self._read(text, vector, lang, earlier, context_vector, alone, budget)
        if not budget.spent:
            return found
        # What a pattern would have found is not known; the model has read all of it.
        log.warning("danger.patterns_spent", extra={"characters": len(text)})
        return replace(found, why=(*found.why, _SPENT), ask=found.urgency is Urgency.NONE)

    def _read(
        self, text: str, vector: np.ndarray | None, lang: str | None, earlier: Sequence[str],
        context_vector: np.ndarray | None, alone: Assessment | None, budget: Budget,
    ) -> Assessment:  # fmt: skip
        alone = alone or self._all_of(clean(text), vector, lang, budget)
        together = self.context(text, earlier, alone)
        if together is None:
            return alone
        joined = self._judge(together, context_vector, lang, budget)
        # Only what is certain counts as said before: a guess here would silence a real danger.
        said = clean(" ".join(map(clean, earlier[-self.settings.context_messages :])))
        before = _by_patterns(patterns.find(self.patterns, fold(said), budget))
        if joined.urgency is not Urgency.NONE and joined.confidence < self.settings.in_context:
            # What was said before is only read along where both together are sure: an old word raises nothing twice.
            joined = replace(joined, urgency=Urgency.NONE, signals=(), ask=True)
        if not _adds(joined, before, alone):
            return alone
        why = (*joined.why, _TOGETHER)
        return Assessment(
            joined.urgency.at_least(alone.urgency),
            tuple(dict.fromkeys((*alone.signals, *joined.signals))),
            why,
            max(alone.confidence, joined.confidence),
            (joined.ask or alone.ask) and joined.urgency is Urgency.NONE,
        )

    def in_doubt(self, found: Assessment) -> bool:
        """Whether the pieces of a message are worth a look: nothing was found in the whole, and it is not plainly
        harmless."""
        return found.urgency is Urgency.NONE and found.confidence >= self.settings.ask

    def beside(self, whole: Assessment, piece: Assessment) -> Assessment:
        """What is said of a message of which `piece` was assessed by itself: the higher of the two, where the piece is
        sure enough, for few words alone are taken for danger too easily."""
        sure = piece.confidence >= self.settings.of_piece and whole.confidence >= self.settings.ask
        if piece.urgency.rank <= whole.urgency.rank or not sure:
            return whole
        return replace(piece, why=(*piece.why, _PIECE))

    def in_talk(self, found: Assessment, *, others: bool = False) -> Assessment:
        """What is done about it in a talk: a danger that is sure enough gets a card, a doubtful one a question. What is
        told of `others` is a doubt more often, and so is a danger that nothing can be named of. What a pattern found is
        no doubt."""
        of = self.settings.card_of
        least = min(of.get(name, self.settings.card) for name in found.signals or (UNNAMED,))
        least = max(least, of.get(OF_OTHERS, least)) if others else least
        if found.urgency is Urgency.NONE or found.confidence >= least:
            return found
        if any(reason.startswith("pattern ") for reason in found.why):
            return found
        return replace(found, urgency=Urgency.NONE, signals=(), ask=True)

    def in_light(self, found: Assessment, danger: float, emergency: float, doubt: float) -> Assessment:
        """What is done about a message in a talk when it was also read together with what was said before it: the
        shares of a `danger` that is urgent or more, of an `emergency` alone, and of a `doubt` that one would ask about.
        What both readings see is one, what only one of them sees where that is sure; the rest is asked about, and where
        nothing is left of a doubt not even that. Of what a pattern found a question is left at least."""
        limits, seen = self.settings, found.urgency is not Urgency.NONE
        least = limits.light_card
        if found.urgency is Urgency.EMERGENCY:
            least = limits.light_sure if found.confidence >= limits.light_alone else limits.light_both
        if emergency >= least:
            return self._raised_to(found, Urgency.EMERGENCY, emergency)
        sure = found.urgency is Urgency.EMERGENCY and found.confidence >= limits.light_alone
        if danger >= (limits.light_seen if seen else limits.light_alone) or (
            sure and danger + doubt >= limits.light_ask
        ):
            return self._raised_to(found, Urgency.URGENT, danger)
        named = any(reason.startswith("pattern ") for reason in found.why)
        if named and seen and danger + doubt >= limits.light_quiet:
            return found
        least = limits.light_quiet if seen or found.ask else limits.light_ask
        return replace(found, urgency=Urgency.NONE, signals=(), ask=named or danger + doubt >= least)

    @staticmethod
    def _raised_to(found: Assessment, urgency: Urgency, share: float) -> Assessment:
        """The assessment with this urgency; where it had none, its confidence is the `share` of the other reading."""
        if found.urgency is not Urgency.NONE:
            return replace(found, urgency=urgency, ask=False)
        return Assessment(urgency, (), (*found.why, _LIGHT), round(share, 4))

    def beside_denial(self, whole: Assessment, half: Assessment) -> Assessment:
        """What is said of a message in which no danger was found, when `half` was found in what comes after a denial
        and a "but" (`bot/text/denials.py`). It only raises; but a faint doubt that what is denied has left, and
        nothing that follows, is none."""
        if half.urgency is Urgency.NONE or half.confidence < self.settings.after_denial:
            faint = 0 < whole.confidence < FAINT * self.settings.ask
            asks = half.ask or half.urgency is not Urgency.NONE
            return replace(whole, ask=asks or (whole.ask and not faint))
        return replace(half, why=(*half.why, _BESIDE))

    def _all_of(self, text: str, vector: np.ndarray | None, lang: str | None, budget: Budget) -> Assessment:
        """The text as one; of a long one also the end, by letters and patterns: there people say why they write, and
        one vector of two pages says little of it.
        """
        found = self._judge(text, vector, lang, budget)
        if len(text) <= LONG:
            return found
        last = text[-END:]
        end = self._judge(last.partition(" ")[2] or last, None, lang, budget)
        return end if end.urgency.rank > found.urgency.rank else found

    def _may_continue(self, alone: Assessment, text: str) -> bool:
        """Whether `text` may be part of something said in pieces, rather than a mere "thank you"."""
        if not any(letter.isalnum() for letter in text):
            return False
        return self.model is None or alone.confidence >= self.settings.context_floor

    def _judge(self, text: str, vector: np.ndarray | None, lang: str | None, budget: Budget) -> Assessment:
        read = native(text, lang)
        folded = fold(read)
        hits = patterns.find_in_both(self.patterns, folded, folded if read == text else fold(text), budget)
        if budget.spent:  # nothing is excused by halves
            hits = [hit for hit in hits if hit.counts]
        if self.model is None:
            return _by_patterns(hits)
        if not hits and not any(letter.isalpha() for letter in folded):
            return Assessment()
        vector = _usable(vector, self.model.dim)
        scores = self.model.scores(folded, vector, pattern_features.of(folded, hits, budget))
        found = self._weigh(scores, hits, vector, lang)
        if self.traded is None or vector is None:
            return found
        like = self.traded.like(folded, vector, lang)
        if found.urgency is Urgency.NONE:
            return self._raised(found, like, scores)
        if found.signals or like.probability < self.settings.traded:
            return found
        return replace(found, signals=tuple(like.signals))

    def _raised(self, found: Assessment, like: Likeness, scores: Scores) -> Assessment:
        """What no danger was found in, when somebody in it is sold, under age with clients, or pays a debt with sex."""
        if like.probability < self.settings.traded:
            return replace(found, ask=found.ask or like.probability >= self.settings.ask_traded)
        signals = tuple(dict.fromkeys((*like.signals, *self._signals(scores, []))))[:_MOST_SIGNALS]
        why = (*found.why, f"like: {like.sentence}")
        return Assessment(Urgency.URGENT, signals, why, round(max(found.confidence, like.probability), 4))

    def _weigh(self, scores: Scores, hits: list[Hit], vector: np.ndarray | None, lang: str | None) -> Assessment:
        limits = self.settings
        danger, ask = (limits.danger, limits.ask) if vector is not None else (limits.danger_letters, limits.ask_letters)
        counted = [hit for hit in hits if hit.counts]
        if any(hit.urgency == ASK and hit.whole for hit in counted):
            # "Help": nothing can be known from it but that somebody should be asked.
            return replace(_by_patterns(counted), confidence=round(scores.danger, 4))
        found = [hit for hit in counted if hit.urgency != ASK and (hit.plain or scores.danger >= limits.trusted)]
        if scores.danger < danger and not found:
            unsure = scores.danger >= ask or bool(counted)
            why = tuple(f"pattern {hit.id}" for hit in counted)
            return Assessment(why=why, confidence=round(scores.danger, 4), ask=unsure)
        sudden = any(hit.urgency == Urgency.EMERGENCY for hit in found)
        likely = scores.danger >= danger and scores.emergency >= limits.emergency
        return Assessment(
            Urgency.EMERGENCY if sudden or likely else Urgency.URGENT,
            self._signals(scores, found),
            self._why(found, vector, lang),
            round(max(scores.danger, 0.5) if found else scores.danger, 4),
        )

    def _signals(self, scores: Scores, found: list[Hit]) -> tuple[str, ...]:
        """The likeliest first; what a pattern found is always among them."""
        ranked = sorted(scores.signals, key=lambda name: -scores.signals[name])
        named = {hit.signal for hit in found if hit.signal}
        sure = self.settings.particular
        chosen = [name for name in ranked if name in named or scores.signals[name] >= sure]
        likeliest = [name for name in ranked[:1] if scores.signals[name] >= sure / 2]
        return tuple(chosen[: max(_MOST_SIGNALS, len(named))]) or tuple(likeliest)

    def _why(self, found: list[Hit], vector: np.ndarray | None, lang: str | None) -> tuple[str, ...]:
        why = [f"pattern {hit.id}" for hit in found]
        if self.model is not None and vector is not None:
            why += [f"like: {sentence}" for sentence in self.model.nearest(vector, lang)]
        return tuple(why) or ("letters",)


def _by_patterns(hits: list[Hit]) -> Assessment:
    """What patterns alone say: in doubt, ask."""
    found = [hit for hit in hits if hit.counts and hit.urgency != ASK]
    if not found:
        asking = [hit for hit in hits if not hit.guards & _HARMLESS]
        return Assessment(why=tuple(f"pattern {hit.id}" for hit in asking), ask=bool(asking))
    urgency = max((Urgency(hit.urgency) for hit in found), key=lambda level: level.rank)
    signals = tuple(dict.fromkeys(hit.signal for hit in found if hit.signal))
    return Assessment(urgency, signals, tuple(f"pattern {hit.id}" for hit in found), 0.5)


def _adds(joined: Assessment, before: Assessment, alone: Assessment) -> bool:
    """Whether the messages together say more than the new one alone and more than was already said before it."""
    if joined.urgency.rank > alone.urgency.rank:
        return joined.urgency.rank > before.urgency.rank
    return joined.ask and not alone.ask and alone.urgency is Urgency.NONE and not before.ask


def _usable(vector: np.ndarray | None, dim: int) -> np.ndarray | None:
    """The vector as float32, or None when it is of another encoder or not finite."""
    if vector is None:
        return None
    array = np.asarray(vector, np.float32).reshape(-1)
    return array if array.shape[0] == dim and bool(np.isfinite(array).all()) else None
