"""Conversations in memory, as the objects they are, each reduced to what the next turn needs.

Rasa's own in-memory store writes every tracker to JSON and reads it back at every turn and never forgets one.
This one keeps the slots (what a yes would answer, the last topic, misses in a row) and nothing else: no
events, no texts.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

MAX_CONVERSATIONS = 20_000
TIME_TO_LIVE_SECONDS = 24 * 3600.0


class MemoryTrackerStore(TrackerStore):  # type: ignore[misc]
    """The least recently used conversation goes when there are too many, and each when its time is over."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: Any = None,
        max_conversations: int = MAX_CONVERSATIONS,
        time_to_live: float = TIME_TO_LIVE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        **_: Any,
    ) -> None:
        super().__init__(domain, None)
        self._max = max_conversations
        self._time_to_live = time_to_live
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, DialogueStateTracker]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the conversation, in order of use."""
        self._kept[tracker.sender_id] = (self._clock() + self._time_to_live, self._reduce(tracker))
        self._kept.move_to_end(tracker.sender_id)
        self._expire()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return a copy: a turn that fails half-way must leave what is kept as it was."""
        self._expire()
        kept = self._kept.get(sender_id)
        return kept[1].copy() if kept else None

    async def keys(self) -> Iterable[str]:
        """The conversations that are kept."""
        return list(self._kept)

    def forget(self, sender_id: str) -> bool:
        """Drop a conversation; return whether there was one."""
        return self._kept.pop(sender_id, None) is not None

    def _expire(self) -> None:
        now = self._clock()
        while self._kept:
            until, _ = next(iter(self._kept.values()))
            if until > now and len(self._kept) <= self._max:
                return
            self._kept.popitem(last=False)

    def _reduce(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        """A tracker with the same slots that stands at the beginning of a turn."""
        reduced = DialogueStateTracker(tracker.sender_id, self.domain.slots)
        reduced.model_id, reduced.assistant_id = tracker.model_id, tracker.assistant_id
        reduced.update(ActionExecuted(ACTION_SESSION_START_NAME))
        reduced.update(SessionStarted())
        for name, slot in tracker.slots.items():
            if slot.value != slot.initial_value:
                reduced.update(SlotSet(name, slot.value))
        reduced.update(ActionExecuted(ACTION_LISTEN_NAME))
        return reduced
