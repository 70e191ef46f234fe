"""What is denied does not hide what follows: "he does not hit me, but he locks me in", in every language with answers,
and as many complaints after a denial. `after_a_denial.jsonl` was written before its threshold was chosen, drafts.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from bot.domain.model import Assessment, Urgency
from bot.text.denials import after_denial
from bot.understanding.batching import Encoding
from bot.understanding.danger import Danger
from bot.understanding.language import Languages
from bot.understanding.service import Understanding
from encoder.runtime.encoder import Encoder
from tests.model.danger.conftest import ROOT

LINES = [
    json.loads(line)
    for line in Path(__file__).with_name("after_a_denial.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture
async def found(danger: Danger, encoder_folder: Path) -> dict[str, list[tuple[str, Assessment]]]:
    languages = Languages.load(ROOT / "models", ROOT / "content" / "languages.yml")
    understanding = Understanding(danger, languages, Encoding(Encoder(encoder_folder)))
    said: dict[str, list[tuple[str, Assessment]]] = defaultdict(list)
    for line in LINES:
        what = await understanding.of(line["text"], line["lang"])
        said[line["kind"]].append((f"{line['lang']}: {line['text']}", what.assessment))
    return said


async def test_what_is_denied_does_not_hide_what_follows(found: dict[str, list[tuple[str, Assessment]]]) -> None:
    assert len(found["danger"]) == 17
    assert [text for text, said in found["danger"] if said.urgency is Urgency.NONE] == []
    assert any("what follows a denial, read by itself" in said.why for _, said in found["danger"])


async def test_a_complaint_after_a_denial_is_none(found: dict[str, list[tuple[str, Assessment]]]) -> None:
    assert len(found["harmless"]) == 17
    flagged = [text for text, said in found["harmless"] if said.urgency is not Urgency.NONE]
    asked = [text for text, said in found["harmless"] if said.ask]
    assert len(flagged) <= 1, flagged
    assert len(asked) <= 1, asked


@pytest.mark.parametrize(
    ("lang", "text", "half"),
    [
        ("en", "He doesn't hit me, but he LOCKS me in.", "he LOCKS me in"),
        ("tr", "beni dövmüyor ama kapıyı kilitliyor", "kapıyı kilitliyor"),
        ("zh", "他不打我，但是把我锁起来", "把我锁起来"),
        ("en", "he hits me but not hard", None),  # nothing is denied before it
        ("en", "not me but", None),
        ("en", "I have no butter and no bread", None),
        ("xx", "no but yes but no", None),
        (None, "no, but he locks me in", None),
    ],
)
def test_the_half_that_is_read_by_itself(lang: str | None, text: str, half: str | None) -> None:
    assert after_denial(text, lang) == half


def test_it_only_raises(danger: Danger) -> None:
    sure = Assessment(Urgency.EMERGENCY, ("confined",), ("like: x",), 0.9)
    unsure = Assessment(Urgency.EMERGENCY, ("confined",), ("like: x",), 0.5)
    whole = Assessment(confidence=0.1)
    assert danger.beside_denial(whole, sure).urgency is Urgency.EMERGENCY
    assert danger.beside_denial(whole, unsure) == Assessment(confidence=0.1, ask=True)
    assert danger.beside_denial(Assessment(ask=True), Assessment()).ask
