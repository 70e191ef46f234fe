"""What comes from outside never raises, and of who a person is nothing is read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram.updates import Incoming, Kind, read

CHAT = {"id": 5, "type": "private"}
FIELDS = st.sampled_from(
    ["message", "edited_message", "callback_query", "my_chat_member", "chat", "id", "type", "from", "text", "caption",
     "location", "latitude", "longitude", "voice", "data", "new_chat_member", "status", "language_code", "message_id"]
)  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(FIELDS, ANYTHING, max_size=5))
def test_nothing_that_comes_raises(update: dict[str, Any]) -> None:
    found = read({"update_id": 1, **update})
    assert isinstance(found, Incoming)


@pytest.mark.parametrize("number", [None, "1", True, -1, 2**80, 1.5])
def test_without_a_number_nothing_can_be_acknowledged(number: object) -> None:
    assert read({"update_id": number}) is None


@pytest.mark.parametrize("number", [None, "5", True, 5.0, [5], 2**62, -(2**62)])
def test_a_chat_without_a_usable_number_is_answered_by_nobody(number: object) -> None:
    found = read({"update_id": 1, "message": {"message_id": 2, "chat": {"id": number, "type": "private"}, "text": "x"}})
    assert found is not None
    assert found.kind is Kind.NOTHING


def message(**fields: Any) -> Incoming:
    found = read({"update_id": 1, "message": {"message_id": 2, "chat": CHAT, "from": {"id": 5}, **fields}})
    assert found is not None
    return found


def test_commands_and_what_only_looks_like_one() -> None:
    start = message(text="/start@inloop_bot en_abc")
    assert (start.kind, start.what, start.text) == (Kind.COMMAND, "start", "en_abc")
    for text in ("/etc/passwd", "/help me he is hitting me", "/", "//wipe", " /wipe", "/wipe" + "x" * 40):
        found = message(text=text)
        assert (found.kind, found.text) == (Kind.MESSAGE, text)


def test_what_telegram_itself_says_is_no_message() -> None:
    for field in ("pinned_message", "message_auto_delete_timer_changed", "users_shared"):
        assert message(**{field: {}}).kind is Kind.NOTHING


def test_a_moving_place_and_a_bot_are_not_answered() -> None:
    edited = {"message_id": 2, "chat": CHAT, "location": {"latitude": 1.0, "longitude": 2.0}}
    found = read({"update_id": 1, "edited_message": edited})
    assert found is not None
    assert found.kind is Kind.NOTHING
    assert message(text="x", **{"from": {"id": 9, "is_bot": True}}).kind is Kind.NOTHING


def test_it_shows_nothing_of_a_person() -> None:
    shown = repr(message(text="Quillonda", **{"from": {"id": 77, "language_code": "ro"}}))
    assert shown == "Incoming(1, message)"
