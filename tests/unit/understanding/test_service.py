"""The gateway's own understanding holds when its parts do not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import regex

from bot.domain.model import Assessment, Urgency
from bot.understanding import service
from bot.understanding.acts.model import Acts, ActsModel
from bot.understanding.batching import Encoding
from bot.understanding.context import ContextReading, InContext
from bot.understanding.danger.budget import Budget, Spent
from bot.understanding.service import Understanding, Understood


@dataclass(frozen=True)
class Found:
    code: str | None
    confidence: float = 1.0
    sure: bool = True


class Languages:
    def detect(self, text: str, *, chosen: str | None, hints: Sequence[str] = ()) -> Found:
        return Found("fr" if "é" in text else None, sure="é" in text)


HARMLESS = Assessment()


class Danger:
    """Notes what it is given; raises when told to."""

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken
        self.seen: list[tuple[str | None, bool, bool]] = []

    def context(self, text: str, earlier: Sequence[str], alone: Assessment | None = None) -> str | None:
        return " ".join([*earlier, text]) if earlier and alone != HARMLESS else None

    def assess(
        self,
        text: str,
        *,
        vector: np.ndarray | None,
        lang: str | None,
        earlier: Sequence[str] = (),
        context_vector: np.ndarray | None = None,
        alone: Assessment | None = None,
        budget: object = None,
    ) -> Assessment:
        if self.broken:
            raise ValueError(text)
        self.seen.append((lang, vector is not None, context_vector is not None))
        return HARMLESS if text == "merci" else Assessment(Urgency.EMERGENCY)

    def in_doubt(self, found: Assessment) -> bool:
        return False

    def in_talk(self, found: Assessment, *, others: bool = False) -> Assessment:
        return found

    def in_light(self, found: Assessment, danger: float, emergency: float, doubt: float) -> Assessment:
        return Assessment(Urgency.URGENT) if danger > 0.5 else found

    def beside(self, whole: Assessment, piece: Assessment) -> Assessment:
        return piece if piece.urgency.rank > whole.urgency.rank else whole


class Lengths:
    """An encoder whose vectors tell the length of the text, and that notes its batches."""

    name, dim = "lengths", 1

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken
        self.batches: list[list[str]] = []

    def encode(self, texts: list[str]) -> np.ndarray:
        if self.broken:
            raise RuntimeError("no")
        self.batches.append(list(texts))
        return np.array([[len(text)] for text in texts], np.float32)


class Bulgarian:
    def detect(self, text: str, *, chosen: str | None, hints: Sequence[str] = ()) -> Found:
        return Found("bg", sure=False)


async def test_what_is_typed_in_latin_letters_is_encoded_and_passed_on_as_it_is_read() -> None:
    encoder = Lengths()
    found = await Understanding(Danger(), Bulgarian(), Encoding(encoder)).of("pomognete", "bg", ["koi ste vie"])
    assert sorted(text for batch in encoder.batches for text in batch) == ["кои сте вие помогнете", "помогнете"]
    assert found.reading == "помогнете"
    assert found.language is None


async def test_words_at_home_everywhere_are_read_as_they_stand_and_cyrillic_stays_bulgarian() -> None:
    danger = Danger()
    understanding = Understanding(danger, Bulgarian(), Encoding(Lengths()))
    assert (await understanding.of("Stop!", "bg")).reading == "Stop!"
    assert (await understanding.of("да", "bg")).reading == "да"
    assert [lang for lang, *_ in danger.seen] == [None, "bg"]


async def test_a_message_and_its_context_are_encoded_once_and_danger_hears_the_message_s_own_language() -> None:
    danger, encoder = Danger(), Lengths()
    found = await Understanding(danger, Languages(), Encoding(encoder)).of("blessé", "nl", ["hij nam de sleutel"])
    assert danger.seen == [("fr", True, False), ("fr", True, True)]
    assert found.language == "fr"
    assert found.vector is not None
    assert found.vector[0] == len("blessé")
    assert sorted(text for batch in encoder.batches for text in batch) == ["blessé", "hij nam de sleutel blessé"]


async def test_what_is_no_fragment_is_not_read_together_with_what_was_said_before() -> None:
    danger, encoder = Danger(), Lengths()
    found = await Understanding(danger, Languages(), Encoding(encoder)).of("merci", "nl", ["hij nam de sleutel"])
    assert (found.assessment, encoder.batches, len(danger.seen)) == (HARMLESS, [["merci"]], 1)


class Calm(Danger):
    def assess(self, text: str, **_: object) -> Assessment:  # type: ignore[override]
        return Assessment(ask="unsure" in text)


async def test_the_questions_of_a_message_are_encoded_together_beside_it_and_only_where_it_asks_several() -> None:
    encoder = Lengths()
    understanding = Understanding(Calm(), Languages(), Encoding(encoder))
    found = await understanding.of("Is it free? Can I work?", "en")
    asked, pieces = ["Is it free?", "Can I work?"], ["Is it free", "Can I work"]
    assert encoder.batches == [["Is it free? Can I work?"], [*asked, *pieces]]
    assert [(text, vector[0]) for text, vector in found.parts] == [("Is it free?", 11), ("Can I work?", 11)]
    told = await understanding.of("They took my passport. What can I do?", "en")
    assert told.parts == ()
    assert [text for text, _ in told.clauses] == ["They took my passport.", "What can I do?"]
    whole, apart = "They took my passport. What can I do?", ["They took my passport.", "What can I do?"]
    pieces = ["They took my passport", "What can I do"]
    assert [text for batch in encoder.batches[2:] for text in batch] == [whole, *pieces, *apart]
    assert (await understanding.of("I want to go home", "en")).clauses == ()
    assert encoder.batches[-1] == ["I want to go home"]


async def test_where_danger_is_seen_or_asked_about_there_are_no_questions_beside_it() -> None:
    for danger, text in ((Danger(), "Is it free? Can I work?"), (Calm(), "Is it unsure? Can I work?")):
        found = await Understanding(danger, Languages(), Encoding(Lengths())).of(text, "en")
        assert (found.parts, found.clauses) == ((), ())
    broken = Understanding(Calm(), Languages(), Encoding(Lengths(broken=True)))
    assert (await broken.of("Is it free? Can I work?", "en")).vector is None
    assert (await broken.of("Is it free? Can I work?", "en")).parts == ()


def test_nothing_is_left_under_way_when_the_loop_ends() -> None:
    """As `inloop classify` reads its lines: a loop for each chunk, one encoder."""
    understanding = Understanding(Danger(), Languages(), Encoding(Lengths()))
    for _ in range(3):
        asyncio.run(asyncio.wait_for(understanding.of("Is it free? Can I work?", "en"), 120))


async def test_without_an_encoder_danger_is_still_assessed() -> None:
    danger = Danger()
    found = await Understanding(danger, Languages(), Encoding(Lengths(broken=True))).of("help", "nl")
    assert danger.seen == [("nl", False, False)]
    assert found.assessment.urgency is Urgency.EMERGENCY
    assert found.vector is None


async def test_a_fault_in_the_assessment_asks_the_person_and_loses_nothing() -> None:
    found = await Understanding(Danger(broken=True), Languages(), Encoding(Lengths())).of("help", "nl")
    assert found.assessment.ask
    assert found.assessment.urgency is Urgency.NONE


def test_the_loop_goes_on_while_a_message_is_assessed() -> None:
    class Slow(Danger):
        def assess(self, text: str, **read: object) -> Assessment:  # type: ignore[override]
            loops[0].call_soon_threadsafe(going.set)  # not before: the loop may be free until then
            assert going.wait(20), "the loop stands while a message is assessed"
            return HARMLESS

    going, loops = threading.Event(), list[asyncio.AbstractEventLoop]()

    async def run() -> Understood:
        loops.append(asyncio.get_running_loop())
        return await Understanding(Slow(), Languages(), Encoding(Lengths())).of("merci", None)

    assert asyncio.run(run()).assessment == HARMLESS


async def test_nothing_that_is_read_by_rule_holds_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long message costs milliseconds in each step, and a hostile one more."""
    steps = (
        "undisguised", "native", "is_foreign", "questions", "segments", "leant_on", "can_be_leant_on", "after_denial",
        "clauses",
    )  # fmt: skip
    where: dict[str, set[int]] = {}

    def noted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            where.setdefault(name, set()).add(threading.get_ident())
            return work(*given, **named)

        return step

    for name in steps:
        monkeypatch.setattr(service, name, noted(name, getattr(service, name)))
    danger, languages, acts = Calm(), Bulgarian(), ActsModel()
    for one, name in ((danger, "context"), (danger, "assess"), (languages, "detect")):
        monkeypatch.setattr(one, name, noted(name, getattr(one, name)))
    monkeypatch.setattr(ActsModel, "read", noted("read", ActsModel.read))
    understanding = Understanding(danger, languages, Encoding(Lengths()), acts, Light(None))
    await understanding.of("dobre sam dnes. toi me bie chesto", "bg", ["koi ste vie"], before="koi ste vie")
    assert set(where) == {*steps, "context", "assess", "detect", "read"}
    assert [name for name, threads in where.items() if threading.get_ident() in threads] == []


async def test_all_readings_of_one_message_share_one_account_and_over_it_the_person_is_asked() -> None:
    class Spending(Calm):
        def assess(self, text: str, **read: Any) -> Assessment:  # type: ignore[override]
            accounts.append(read["budget"])
            if text == spends:
                with pytest.raises(Spent):
                    Budget.search(_emptied(read["budget"]), regex.compile("a"), text)
            return Assessment()

        def in_doubt(self, found: Assessment) -> bool:
            return True

    def _emptied(budget: Budget) -> Budget:
        budget._left = 0.0
        return budget

    accounts: list[Budget] = []
    understanding = Understanding(Spending(), Languages(), Encoding(Lengths()), in_context=Light(InContext(0, 0, 0)))
    text, earlier = "they are here, I am fine", ["who are you"]
    spends = "nothing"
    assert not (await understanding.of(text, "en", earlier)).assessment.ask
    assert len(accounts) > 2
    assert len(set(map(id, accounts))) == 1
    for part in (text, "they are here", "I am fine"):
        spends = part
        found = (await understanding.of(text, "en", earlier)).assessment
        assert (found.urgency, found.ask) == (Urgency.NONE, True), "a piece that was not looked through is asked about"
    assert len(set(map(id, accounts))) == 4


async def test_who_spells_what_nothing_certain_is_found_in_is_asked() -> None:
    class Calm(Danger):
        def assess(self, text: str, **read: object) -> Assessment:  # type: ignore[override]
            return Assessment()

    encoding = Encoding(Lengths())
    try:
        understanding = Understanding(Calm(), Languages(), encoding)
        assert (await understanding.of("i a m n o t w e l l", None)).assessment.ask
        assert not (await understanding.of("i am not well", None)).assessment.ask
    finally:
        encoding.close()


class Light:
    """Reads in context what it is told to, and notes what it was given."""

    def __init__(self, seen: InContext | None) -> None:
        self.seen, self.given = seen, list[tuple[str, tuple[str, ...], str]]()

    async def __call__(self, text: str, before: Sequence[str], answer: str) -> InContext | None:
        self.given.append((text, tuple(before), answer))
        return self.seen


async def test_in_a_talk_a_message_is_also_read_with_what_was_said_before_it() -> None:
    light = Light(InContext(0.9, 0.1, 0.0, (("cost/why_free", 0.7),), {"ask": 1.0}, 0.5))
    understanding = Understanding(Calm(), Languages(), Encoding(Lengths()), in_context=light)
    earlier = ["i work on a farm", "who are you", "yes", "is it free", "he keeps my papers"]
    found = await understanding.of("and what then", "en", earlier, before="he keeps my papers", answer="cost")
    newest_and_first = ("he keeps my papers", "is it free", "who are you", "i work on a farm")
    assert light.given == [("and what then", newest_and_first, "cost")]
    assert found.assessment.urgency is Urgency.URGENT
    assert found.seen is light.seen and found.acts.does == {"ask": 1.0}


async def test_a_mere_yes_is_raised_by_nothing_that_was_said_before_it() -> None:
    light = Light(InContext(0.9, 0.9, 0.0))
    understanding = Understanding(Calm(), Languages(), Encoding(Lengths()), in_context=light)
    assert (await understanding.of("yes", "en", before="he locks me in")).assessment.urgency is Urgency.NONE
    assert (
        await understanding.of("yes he is here", "en", before="he locks me in")
    ).assessment.urgency is Urgency.URGENT


async def test_an_address_alone_is_asked_about_and_no_emergency() -> None:
    light = Light(InContext(0.9, 0.9, 0.0, in_danger={"place": 0.8, "none": 0.2}))
    understanding = Understanding(Calm(), Languages(), Encoding(Lengths()), in_context=light)
    found = (await understanding.of("the car wash in the long street", "en", before="they sleep there")).assessment
    assert (found.urgency, found.ask) == (Urgency.NONE, True)


async def test_a_sentence_by_itself_and_a_talk_without_that_reading_are_understood_as_ever() -> None:
    light = Light(InContext(0.9, 0.1, 0.0))
    with_light = Understanding(Calm(), Languages(), Encoding(Lengths()), in_context=light)
    sentence = await with_light.of("x y", "en", apart=False)
    talk = await Understanding(Calm(), Languages(), Encoding(Lengths()), in_context=Light(None)).of("x y", "en")
    assert light.given == []
    assert sentence.assessment.urgency is talk.assessment.urgency is Urgency.NONE


class Broken:
    def read(self, text: str, before: Sequence[str], answer: str) -> dict[str, dict[str, float]]:
        raise RuntimeError("no")


async def test_a_reading_in_context_that_fails_or_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert await ContextReading(Broken())("a", ["b"], "c") is None  # type: ignore[arg-type]
    assert await ContextReading.load(tmp_path)("a", ["b"], "c") is None
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "model.bin").write_bytes(b"no model")
    assert await ContextReading.load(tmp_path)("a", ["b"], "c") is None


def doubtful(seen: InContext | None) -> Understood:
    return Understood(Assessment(ask=True), None, "en", "x", seen=seen)


async def test_who_writes_about_somebody_else_is_asked_whether_they_are_safe_only_where_there_is_a_doubt() -> None:
    understanding = Understanding(Calm(), Languages(), Encoding(Lengths()))
    calm, alarming = InContext(0.1, 0.0, 0.3), InContext(0.2, 0.1, 0.4)
    assert not understanding.of_others(doubtful(calm)).assessment.ask
    assert understanding.of_others(doubtful(alarming)).assessment.ask
    assert understanding.of_others(doubtful(None)).assessment.ask


def test_who_says_where_they_are_is_not_taken_for_somebody_who_wants_to_die() -> None:
    found = Assessment(Urgency.EMERGENCY, ("suicide_risk", "confined"))
    assert service.without_what_is_not_meant(found, Acts(safety=("place", 0.9))).signals == ("confined",)
    assert service.without_what_is_not_meant(found, Acts(safety=("die", 0.9))) == found
    assert service.without_what_is_not_meant(found, Acts(safety=("place", 0.5))) == found


@pytest.mark.parametrize(("share", "kept"), [(0.1, False), (0.6, True)])
def test_nobody_is_taken_for_who_wants_to_die_where_that_is_hardly_meant(share: float, kept: bool) -> None:
    found = Assessment(Urgency.EMERGENCY, ("suicide_risk", "confined"))
    seen = InContext(0.9, 0.9, 0.0, in_danger={"die": share, "at_door": 1 - share})
    said = service.without_what_is_not_meant(found, Acts(safety=("somebody_here", 0.4)), seen)
    assert ("suicide_risk" in said.signals) is kept


def test_of_a_long_message_a_place_is_what_stands_from_the_first_to_the_last_words_of_it() -> None:
    told = "I came here in march with my cousin and her two friends and we had no papers"
    text = f"{told}, it is behind the station, rue saint gilles, third. floor"
    place = ["it is behind the station", "rue saint gilles"]
    assert service.from_to(text, place) == "it is behind the station, rue saint gilles, third. floor"
    assert (
        service.from_to(f"{text} and I have not slept for three days", place)
        == "it is behind the station, rue saint gilles"
    )
    assert service.from_to("rue saint gilles 3. floor", ["rue saint gilles 3"]) == ""
    unknown = "I do not know the exact address. It says Geel on the board by the road, and there is a big yellow crane"
    assert service.from_to(unknown, ["I do not know the exact address"]) == ""
