"""Which names and lines a person may read of a caseworker."""

from __future__ import annotations

import pytest

from bot.domain.names import shown_alias, shown_line


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Maria", "Maria"), ("", ""), ("  \n", ""), (" Anne-Marie  de \u200bSmet ", "Anne-Marie de Smet"),
        ("Ｍaria", "Maria"), ("J. O'Neill", "J. O'Neill"), ("مريم", "مريم"), ("小万", "小万"), ("Ж" * 24, "Ж" * 24),
    ],
)  # fmt: skip
def test_a_first_name_is_taken(name: str, shown: str) -> None:
    assert shown_alias(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        "x" * 25, "Police of the city", "Federal_Police_of_Belgium", "Agent 7", "Agent ٧", "Agent ⑦",
        "payoke.be", "payoke．be", "www.payoke", "maria@payoke", "t/maria", "-", "...",
    ],
)  # fmt: skip
def test_what_is_an_office_a_number_or_a_link_is_not(name: str) -> None:
    with pytest.raises(ValueError):
        shown_alias(name)


def test_a_line_is_one_line_without_numbers_and_links() -> None:
    assert shown_line(" I speak Dutch.\nAnd French, a little. ") == "I speak Dutch. And French, a little."
    assert shown_line("我会说荷兰语。请慢慢来。") == "我会说荷兰语。请慢慢来。"
    for line in ("x" * 81, "Call me: 0478", "See payoke.be", "t.me/maria"):
        with pytest.raises(ValueError):
            shown_line(line)
