"""Whether the page of a person is open."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.runtime import presence
from bot.runtime.presence import Pages

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


def test_it_is_open_until_the_last_page_of_it_is_closed(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    pages, told = Pages(), []
    assert pages.watch(7) is None, "nobody knows"

    def one(number: int):  # type: ignore[no-untyped-def]
        return pages.one(number, lambda: NOW, lambda: told.append(number))

    with one(7):
        assert told == [7] and pages.watch(7) == (True, None)
        with one(7):
            pass
        assert told == [7] and pages.watch(7) == (True, None)
    assert told == [7, 7] and pages.watch(7) == (False, NOW)
    with one(8):
        pass
    assert told == [7, 7], "nobody asked"
    monkeypatch.setattr(presence, "MOST", 1)
    with one(9):
        pass
    assert pages.watch(8) is None and pages.watch(7) is None, "the oldest go"
