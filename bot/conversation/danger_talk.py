"""What is said about danger in the transaction that stores a message: the card, and the lines of the safety mode.

No engine, no network: this works when everything else is dead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from bot.conversation import safety_mode
from bot.conversation.memory import ASKS, leaning_on
from bot.conversation.safety_mode import Line
from bot.domain.conversation_state import ConversationState, Mode
from bot.domain.forms import Sheet, goes_on
from bot.domain.model import Assessment, Choice, Outgoing, Sender, Urgency
from bot.domain.ports import Catalogue
from bot.domain.speaker import Speaker
from bot.settings import ROOT
from bot.text.questions import asks
from bot.understanding.acts.model import PLACE, SURE, SURE_PLACE, Acts
from bot.understanding.service import Understood

TO_SAY: Final = ROOT / "content" / "to_say.yml"
ALWAYS_IN: Final = ("nl", "fr", "en")
CALM: Final = 0.15
"""Probability of danger below which a message in the safety mode may be about something else."""
CALM_IN_LIGHT: Final = 0.3
"""The same of the reading in the light of what was said before."""
PLAINLY_CALM: Final = 0.1
"""Share of danger and doubt together, in the light of what was said before, below which the mode ends at once: of the
turns that readers saw in the mode, so were 30 of 129 calm ones and one of 176 in danger."""
LITTLE: Final = 0.35
"""The same below which a question in the mode is answered as one, also where it sounds like what is said in danger."""
BEYOND_DOUBT: Final = 0.65
"""Share of an act from which a calm message is surely about the danger."""
ALARMING: Final = 0.9
"""Probability of danger that no word of being safe takes back, unless it is that of somebody who surely is."""
SUICIDE: Final = "suicide_risk"
FIRM: Final = 0.9
"""Probability from which an emergency holds the safety mode through a calm message. Of those below it that readers saw,
one in six was an emergency: the first calm message after the card is answered as any other. So it is for who writes
about somebody else."""
IN_SPITE: Final = 0.8
"""Share of an act that ends the danger from which it does so where the message is an emergency in the light of what was
said before: "the police is here, and she is still inside" is no end."""
CERTAIN: Final = 0.97
"""Share of an act from which nothing else was meant: "the police have him, my mother is here"."""
AGAIN: Final = 0.5
"""Share of an emergency, in the light of what was said before, that begins the mode again soon after it ended."""
LEAST: Final = {
    PLACE: SURE_PLACE, "die": 0.7, "height": 0.7, "took_pills": 0.6, "other_taken": 0.5, "no_air": 0.5,
    "lost_outside": 0.5, "no_ambulance": 0.5, "called": 0.65,
}  # fmt: skip
"""From which share these acts count: a place is put into what is said to 112, others turn the talk to suicide, or to an
ambulance, four speak of one scene alone, and who has not called must not be told that help is on its way."""


@dataclass(frozen=True, slots=True, repr=False)
class InDanger:
    """Replies at once, and the sheet after them. `answered`: nothing else is said to the message. `left`: the safety
    mode ended with it. `raised`: it began again, by what is only said in danger."""

    replies: Sequence[Outgoing]
    sheet: Sheet
    answered: bool = False
    left: bool = False
    raised: bool = False


@cache
def sentences_to_say(path: Path = TO_SAY) -> dict[str, dict[str, str]]:
    """For each protocol one sentence in each of `ALWAYS_IN`, to read aloud or to show."""
    found: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


OF_CHILD: Final = frozenset({"under_18", "children_with_me"})
"""Facts of which one was told where a child is in danger, unless somebody else than the child or its parent writes."""
OF_A_WITNESS: Final = frozenset({
    "witnessed_now", "medical_emergency", "child_at_risk", "being_moved", "suicide_risk", "sexual_violence",
})  # fmt: skip
"""Signals whose lines on the card fit who sees the danger: nobody tells a nurse to close the chat, for he comes in."""
OF_SELF: Final = -1.0
RATHER: Final = 0.5
"""Log odds down from which a message is about who writes, and the share of an act with which it is so in between."""
OF_ANOTHER: Final = 1.0
"""Log odds from which what is seen is of somebody else than who writes."""
SURELY_OF_ANOTHER: Final = 3.0
"""The same of one message read in context: of readers' witnesses nearly all are above it, of who hides or is besieged
and was taken for a witness all were below."""


def _of_who_writes(found: Assessment, state: ConversationState) -> tuple[str, ...]:
    """Return the signals without those that do not fit the writer. Who sees an emergency is told in any case what a
    witness does; who writes about themselves is not told to keep their distance, and is told to report a child to 112
    only where they mentioned one."""
    if state.role in safety_mode.OTHERS:
        seen = tuple(name for name in found.signals if name in OF_A_WITNESS)
        return seen or (("witnessed_now",) if found.urgency is Urgency.EMERGENCY else ())
    never = {"child_at_risk"} if not OF_CHILD & set(state.told) else set()
    never |= {"witnessed_now"} if state.about < OF_ANOTHER else set()
    return tuple(name for name in found.signals if name not in never)


def _is_own(acts: Acts) -> bool:
    """Whether a message is surely of the person in danger themselves: "I hid in the bathroom", and not about others."""
    act, share = acts.safety
    return act in safety_mode.OWN and (acts.about < OF_SELF or (share >= RATHER and acts.about < SURELY_OF_ANOTHER))


class DangerTalk:
    """Puts the lines of `safety_mode` into words."""

    def __init__(self, words: Catalogue) -> None:
        self._words = words

    def begins(
        self,
        speaker: Speaker,
        sheet: Sheet,
        found: Assessment,
        text: str,
        acts: Acts,
    ) -> InDanger:
        """Danger was seen in a message outside the safety mode. An emergency begins it, with the card once; what is
        urgent gets its card once too, and what was asked is answered as well."""
        state = leaning_on(sheet.state.having_heard(acts.told, text, acts.about), text)
        card = f"safety.{found.urgency}"
        signals = _of_who_writes(found, state)
        first = not state.times(card)
        state = state.having_said([card])
        cards = [speaker.card(found.urgency, signals)] if first else []
        if found.urgency is not Urgency.EMERGENCY and SUICIDE not in signals[:1]:
            return InDanger(cards, replace(sheet, state=state))
        if goes_on(sheet.form):  # a bystander's report goes on: who helps needs to know where
            cards = cards or [speaker.card(found.urgency, signals)]
            return InDanger(cards, replace(sheet, state=state))
        lines, state = safety_mode.begin(state, signals)
        if found.confidence < FIRM or state.role in safety_mode.OTHERS:
            state = replace(state, quiet=safety_mode.QUIET - 1)
        said = self._said(speaker, lines, state)
        if not said:
            return InDanger(cards or [speaker.card(found.urgency, signals)], replace(sheet, state=state))
        if not first:  # the numbers stand in each line; the whole card was read before
            return InDanger(said, replace(sheet, state=state), answered=True)
        return InDanger([*cards, *said], replace(sheet, state=state), answered=True)

    def answer(
        self, speaker: Speaker, sheet: Sheet, text: str, understood: Understood, *, owned: bool, plain: str | None
    ) -> InDanger | None:
        """The next line of the safety mode; None outside of it, or when a caseworker talks."""
        state, found = sheet.state, understood.assessment
        if owned:
            return None
        if state.mode is not Mode.SAFETY:
            return self._again(speaker, sheet, text, understood)
        if _is_own(understood.acts):
            state = safety_mode.of_oneself(state)
        act = "safe_now" if understood.safe else self._act(state, understood, plain)
        if act in safety_mode.LEAVES and self._is_alarming(understood) and not self._surely(understood):
            act = None  # "I am fine, he only has a knife"
        worse = found.urgency is Urgency.EMERGENCY and understood.alone
        signals = _of_who_writes(found, state) if worse else ()
        yes_or_no = plain in {"affirm", "deny"}
        aside = self._is_aside(act, text, understood)
        if not signals and not understood.safe and not yes_or_no and (aside or self._calm(understood, act)):
            plainly = self._plainly_calm(understood)
            quiet = state.quiet + (2 if plainly else 1)
            over = quiet >= (safety_mode.QUIET_SUICIDE if state.kind == "suicide" else safety_mode.QUIET)
            over = over or (state.kind != "suicide" and plainly)
            if over or (state.kind != "suicide" and self._asks(text, understood)):
                state = state.out_of_safety(safety_mode.AFTER) if over else replace(state, quiet=quiet)
                return InDanger((), replace(sheet, state=state))
            act = act or (safety_mode.CALM if state.kind != "suicide" else None)
        else:
            quiet = 0
        state = leaning_on(state.having_heard(understood.acts.told, text, understood.acts.about), text)
        lines, state = safety_mode.answer(state, act, understood.where or text, signals, understood.acts.beside)
        state = replace(state, quiet=quiet) if state.mode is Mode.SAFETY else state
        said = self._said(speaker, lines, state)
        return InDanger(said, replace(sheet, state=state), answered=True, left=state.mode is Mode.TALK)

    def _is_aside(self, act: str | None, text: str, understood: Understood) -> bool:
        """Whether a message asks something else, and little of danger is left in it: "am I a criminal now?"."""
        if understood.own >= PLAINLY_CALM or not self._asks(text, understood):
            return False
        seen = understood.seen
        little = seen is not None and seen.danger + seen.doubt < LITTLE
        return act is None or (little and act not in safety_mode.BACK)

    def _again(self, speaker: Speaker, sheet: Sheet, text: str, understood: Understood) -> InDanger | None:
        """Soon after the safety mode ended: it goes on with what is only said in danger ("why does nobody come?"), or
        where what was said before makes the message an emergency."""
        state = sheet.state
        act, share = understood.acts.safety
        if not state.after or understood.assessment.urgency is Urgency.EMERGENCY:
            return None
        surely = act in safety_mode.BACK and share >= BEYOND_DOUBT
        surely = surely and (share >= CERTAIN or not self._calm(understood, None))
        seen = understood.seen is not None and understood.seen.emergency >= AGAIN
        if understood.safe or not (surely or seen):
            return None
        state = leaning_on(state, text)
        lines, state = safety_mode.again(state, act if surely else None, understood.where or text)
        said = self._said(speaker, lines, state)
        return InDanger(said, replace(sheet, state=state), answered=True, raised=True)

    def _act(self, state: ConversationState, understood: Understood, plain: str | None) -> str | None:
        if plain in {"affirm", "deny"}:
            return safety_mode.answered(state, plain == "affirm")
        name, share = understood.acts.safety
        return name if name and share >= LEAST.get(name, SURE["safety"]) else None

    def _is_alarming(self, understood: Understood) -> bool:
        """Whether a message is an emergency by itself, or in the light of what was said before it."""
        seen = understood.seen
        in_light = seen is not None and seen.emergency >= AGAIN
        return in_light or understood.assessment.urgency is Urgency.EMERGENCY

    def _surely(self, understood: Understood) -> bool:
        """Whether the act of a message is beyond doubt, and danger is not."""
        share, seen = understood.acts.safety[1], understood.seen
        least = BEYOND_DOUBT if seen is None or seen.emergency < AGAIN else IN_SPITE
        return share >= CERTAIN or (share >= least and understood.assessment.confidence < ALARMING)

    def _calm(self, understood: Understood, act: str | None) -> bool:
        """Whether nothing in a message is of danger, and it is none of what is said in danger for sure: nobody is held
        in the mode who writes of papers, or of their mother."""
        danger = understood.alone and understood.assessment.urgency is not Urgency.NONE
        seen = understood.seen
        alarming = understood.own >= CALM if seen is None else seen.danger >= CALM_IN_LIGHT
        if danger or alarming:  # by itself, for what was said before is known: it began the mode
            return False
        return act is None or understood.acts.safety[1] < BEYOND_DOUBT

    def _plainly_calm(self, understood: Understood) -> bool:
        """Whether nothing is left of the danger in the light of what was said before: then one message is enough."""
        seen = understood.seen
        return seen is not None and seen.danger + seen.doubt < PLAINLY_CALM

    def _asks(self, text: str, understood: Understood) -> bool:
        return asks(text, understood.language) or understood.acts.asks >= ASKS

    def _said(self, speaker: Speaker, lines: Sequence[Line], state: ConversationState) -> list[Outgoing]:
        """The lines as messages; the last has the button "I am safe"."""
        said = [self._line(speaker, line) for line in lines]
        buttons: tuple[Choice, ...] = (speaker.choice({"command": "safe"}),) if state.mode is Mode.SAFETY else ()
        return [*said[:-1], replace(said[-1], choices=buttons)] if said else []

    def _line(self, speaker: Speaker, line: Line) -> Outgoing:
        key, urgency = f"safety_mode.{line.key}", Urgency.NONE
        if not line.key.startswith("to_say."):
            values: dict[str, Any] = dict(line.values)
            return speaker.say(key, sender=Sender.SYSTEM, urgency=urgency, **values)
        sentences = sentences_to_say()
        protocol = line.key.removeprefix("to_say.")
        of_danger, nowhere = sentences[protocol], sentences["nowhere"]
        beside = [sentences[f"beside_{name}"] for name in line.values.get("beside", "").split()]
        said = [
            of_danger[code].format(
                place=line.values.get("place") or nowhere[code], beside="".join(f"{one[code]} " for one in beside)
            )
            + ("" if code == speaker.lang or protocol == safety_mode.BYSTANDER else f" {sentences['foreign'][code]}")
            for code in ALWAYS_IN
        ]
        return Outgoing(Sender.SYSTEM, "\n".join(said), (), urgency, key)
