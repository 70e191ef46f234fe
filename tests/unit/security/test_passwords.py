"""How much of a password nobody would try at once."""

from __future__ import annotations

import pytest

from bot.security.passwords import ENOUGH, effort

EASY = (
    "password1234", "P@ssw0rd2026!", "aaaaaaaaaaaa", "123456789012", "qwertyuiop12", "azertyuiop99", "antwerpen2026",
    "Welkom12Welkom12", "noorvermeulen1", "abcabcabcabc", "zomer2026zomer", "0987654321zz", "Wachtwoord!!!",
    "payoke-payoke",
)  # fmt: skip
HARD = (
    "correct horse battery", "een lange zin voor de nacht", "une longue phrase pour la nuit", "vier paarden op een dak",
    "a long sentence for the night", "k7#Wq9vZ2!mR", "مرحبا يا صديقي البعيد", "длинная фраза на ночь",
)  # fmt: skip


@pytest.mark.parametrize("password", EASY)
def test_what_many_try_is_not_enough(password: str) -> None:
    assert len(password) >= 12 and effort(password, "Noor Vermeulen") < ENOUGH


@pytest.mark.parametrize("password", HARD)
def test_a_sentence_is_enough(password: str) -> None:
    assert effort(password, "Noor Vermeulen") >= ENOUGH


def test_the_own_name_counts_as_one() -> None:
    assert effort("noor", "Noor") == 1 < effort("noor", "Els")


def test_a_password_of_the_greatest_length_takes_no_time_to_speak_of() -> None:
    assert effort("".join(chr(0x4E00 + n) for n in range(1000))) == 1000
