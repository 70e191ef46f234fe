"""Words that a person sees are read, however their letters are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Urgency
from bot.text.disguises import undisguised
from bot.understanding.danger import Danger

ROOT = Path(__file__).resolve().parents[3]
SAID = ["he is hitting me right now", "il me frappe maintenant"]
ALIKE = str.maketrans("aceipx", "асеірх")


def spelled(text: str) -> str:
    return "  ".join(" ".join(word) for word in text.split())


@pytest.mark.parametrize("text", SAID)
def test_letters_apart_and_look_alikes_hide_no_danger(text: str) -> None:
    danger = Danger.load(Path("nowhere"), ROOT / "content" / "danger.yml")
    others = [" ".join(sign.join(word) for word in text.split()) for sign in ".-_*·"]
    for hidden in (spelled(text), text.translate(ALIKE), text.replace("e", "е"), *others):
        read, _ = undisguised(hidden)
        assert " ".join(read.split()) == text
        assert danger.assess(read).urgency is Urgency.EMERGENCY


def test_a_text_that_is_spelled_says_so() -> None:
    assert undisguised(spelled(SAID[0]))[1]
    assert undisguised(" ".join(SAID[0].replace(" ", "")))[1]
    assert not undisguised("please h e l p me, I am here")[1]
    assert undisguised("please h e l p me, I am here")[0] == "please help me, I am here"


def test_letters_of_another_script_come_back_to_their_own() -> None:
    assert undisguised("помoгите мнe")[0] == "помогите мне"
    assert undisguised("hеlр mе, а mаn")[0] == "help me, a man"
    assert undisguised("hοuse")[0] == "house"


@pytest.mark.parametrize(
    "text",
    [
        "vitamin a b c", "Mr. J. Janssens", "the s.o.s. is here", "e.g. this, i.e. that", "и т.д. и т.п.",
        "www.example.org, me@example.org", "a-t-il un co-locataire", "10.5 km, 2 x 3", "我 要 走 了", "ช ว ย ด้ ว ย",
        "мой паспорт ID", "Россия и Belgium", "مرحبا كيف", "", " ", "ok",
    ],
)  # fmt: skip
def test_what_is_not_disguised_stays(text: str) -> None:
    assert undisguised(text) == (text, False)


@given(st.text(max_size=300))
def test_it_takes_any_text(text: str) -> None:
    undisguised(text)
