"""What nobody sees within a word hides it from nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.message_text import clean as stored
from bot.domain.model import Urgency
from bot.text.normalise import clean, fold
from bot.understanding.danger import Danger
from encoder.runtime.invisible import seen
from encoder.runtime.text import clean as encoded
from encoder.runtime.transliteration import native

ROOT = Path(__file__).resolve().parents[4]
HIDING = [
    0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x202C, 0x2060, 0x2062, 0xFE0F, 0xFEFF, 0xE0041, 0xE0100
]  # fmt: skip
SAID = ["he is hitting me right now", "il me frappe maintenant", "ich bin in gefahr", "спасите меня"]


@pytest.mark.parametrize("sign", map(chr, HIDING), ids=lambda sign: f"{ord(sign):04x}")
@pytest.mark.parametrize("text", SAID)
def test_a_sign_that_is_not_seen_hides_no_word(text: str, sign: str) -> None:
    hidden = sign.join(text)
    assert clean(hidden) == clean(text)
    assert encoded(hidden) == encoded(text)
    assert stored(hidden, 4000) == hidden, "what somebody wrote is kept as it is"


def test_danger_is_seen_through_it() -> None:
    danger = Danger.load(Path("nowhere"), ROOT / "content" / "danger.yml")
    for sign in map(chr, HIDING):
        assert danger.assess(sign.join("he is hitting me right now")).urgency is Urgency.EMERGENCY


def test_what_is_typed_in_latin_letters_is_read_through_it() -> None:
    assert native("ko\u00ad6\u200bta", "bg") == native("ko6ta", "bg")


def test_a_joiner_stays_where_it_is_spelling() -> None:
    assert encoded("می\u200cخواهم") == "می\u200cخواهم"
    assert clean("می\u200cخواهم") == "می خواهم"
    assert encoded("श्\u200dरी") == "श्\u200dरी"
    assert seen("\u200cمی\u200c") == "می"
    assert seen("a\u200cb") == "ab"


def test_letters_that_look_like_a_space_are_one() -> None:
    assert clean("help\u3164me\u2800now") == encoded("help\u3164me\u2800now") == "help me now"


def test_nothing_else_is_touched() -> None:
    for text in ("plain", "Héélp 👍🏽", "ключ", "مساعدة", "救命", ""):
        assert seen(text) == text
    assert fold(clean("👨\u200d👩\u200d👧 ❤\ufe0f")) == "👨👩👧 ❤"
