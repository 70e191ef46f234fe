"""Runs in the engine's environment (see `server/test_process.py`): the store with Rasa's own trackers."""

from __future__ import annotations

from engine.server.quiet import prepare_environment

prepare_environment()

import unittest  # noqa: E402
from pathlib import Path  # noqa: E402

from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import SlotSet, UserUttered  # noqa: E402

from engine.server.tracker_store import MemoryTrackerStore  # noqa: E402

DOMAIN = Domain.load(str(Path(__file__).resolve().parents[5] / "domain.yml"))


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class TrackerStore(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.store = MemoryTrackerStore(DOMAIN, max_conversations=3, time_to_live=10.0, clock=self.clock)

    async def put(self, name: str, **slots: object) -> None:
        tracker = await self.store.get_or_create_tracker(name)
        tracker.update(UserUttered("", intent={"name": "shelter"}))
        for slot, value in slots.items():
            tracker.update(SlotSet(slot, value))
        await self.store.save(tracker)

    async def test_slots_are_kept_and_events_are_not(self) -> None:
        for turn in range(50):
            await self.put("a", pending="handoff", misses=turn)
        tracker = await self.store.retrieve("a")
        assert tracker is not None
        self.assertEqual((tracker.get_slot("pending"), tracker.get_slot("misses")), ("handoff", 49))
        self.assertLessEqual(len(tracker.events), 6)
        self.assertFalse([event for event in tracker.events if isinstance(event, UserUttered)])

    async def test_what_is_retrieved_can_be_thrown_away(self) -> None:
        await self.put("a", misses=1)
        tracker = await self.store.retrieve("a")
        assert tracker is not None
        tracker.update(SlotSet("misses", 9))
        kept = await self.store.retrieve("a")
        assert kept is not None
        self.assertEqual(kept.get_slot("misses"), 1)

    async def test_the_least_recently_used_goes_first(self) -> None:
        for name in ("a", "b", "c", "a", "d"):
            await self.put(name)
        self.assertEqual(sorted(await self.store.keys()), ["a", "c", "d"])

    async def test_time_ends_a_conversation(self) -> None:
        await self.put("a")
        self.clock.now = 9.0
        await self.put("b")
        self.clock.now = 11.0
        self.assertIsNone(await self.store.retrieve("a"))
        self.assertIsNotNone(await self.store.retrieve("b"))
        self.assertEqual(len(self.store), 1)


if __name__ == "__main__":
    unittest.main()
