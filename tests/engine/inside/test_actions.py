"""Runs in the engine's environment: what the clarifying action makes of a ranking."""

from __future__ import annotations

import asyncio
import unittest
from typing import Any

from rasa_sdk.executor import ActionExecutor


def run(
    action: str, ranking: list[tuple[str, float]], *, choice: str = "", **slots: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The message that was sent, and the slots that were set; `choice` is the topic of a button that was pressed."""
    executor = ActionExecutor()
    executor.register_package("actions")
    entries = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    intent = choice or (ranking[0][0] if ranking else "nlu_fallback")
    latest = {"intent": {"name": intent}, "intent_ranking": entries, "text": "", "choice": bool(choice)}
    tracker = {"sender_id": "x", "slots": slots, "latest_message": latest, "events": [], "paused": False,
               "followup_action": None, "active_loop": {}, "latest_action_name": None}  # fmt: skip
    answer = asyncio.run(executor.run({"next_action": action, "tracker": tracker, "domain": {}}))
    assert answer is not None
    (message,) = answer["responses"]
    return message["custom"], {e["name"]: e["value"] for e in answer["events"] if e["event"] == "slot"}


class Clarify(unittest.TestCase):
    def test_two_strong_topics_are_both_answered(self) -> None:
        sent, slots = run(
            "action_clarify", [("nlu_fallback", 0.4), ("shelter", 0.48), ("legal_aid", 0.42)], misses=1
        )
        self.assertEqual((sent["key"], sent["values"]), ("both", {"topics": ["shelter", "legal_aid"]}))
        self.assertEqual(slots, {"pending": None, "misses": 0, "last_topic": "shelter"})

    def test_what_acts_is_never_half_of_an_answer(self) -> None:
        for topic in ("delete_my_data", "talk_to_human", "affirm", "goodbye"):
            sent, _ = run("action_clarify", [("shelter", 0.46), (topic, 0.44), ("cost", 0.06)])
            self.assertEqual(sent["key"], "clarify")

    def test_small_talk_is_no_guess(self) -> None:
        ranking = [
            ("greet", 0.3),
            ("shelter", 0.2),
            ("deny", 0.1),
            ("cost", 0.08),
            ("debt", 0.06),
            ("minor", 0.05),
        ]
        sent, slots = run("action_clarify", ranking)
        self.assertEqual([c["intent"] for c in sent["choices"]], ["shelter", "cost", "debt", "none_of_these"])
        self.assertEqual(slots["misses"], 1)

    def test_one_likely_topic_is_not_a_choice(self) -> None:
        sent, _ = run("action_clarify", [("shelter", 0.39), ("cost", 0.01), ("debt", 0.01)])
        self.assertEqual([c["intent"] for c in sent["choices"]], ["shelter", "cost", "none_of_these"])

    def test_the_second_miss_offers_a_person_once(self) -> None:
        ranking = [("talk_to_human", 0.3), ("contact_visit", 0.25), ("about_us", 0.1)]
        sent, slots = run("action_clarify", ranking, misses=1)
        self.assertEqual(sent["key"], "clarify_person")
        self.assertEqual(
            [c["intent"] for c in sent["choices"]], ["contact_visit", "about_us", "none_of_these", "talk_to_human"]
        )
        self.assertEqual(slots["misses"], 2)

    def test_who_may_not_be_ready_is_not_asked(self) -> None:
        sent, _ = run("action_clarify", [("not_ready", 0.35), ("goodbye", 0.3)])
        self.assertEqual(
            (sent["key"], sent["values"], sent["choices"]), ("answer", {"topic": "not_ready"}, [])
        )

    def test_no_ranking_at_all_still_answers(self) -> None:
        sent, _ = run("action_clarify", [])
        self.assertEqual((sent["key"], sent["choices"]), ("clarify", []))


class Acting(unittest.TestCase):
    def test_what_was_plainly_asked_for_is_begun(self) -> None:
        sent, slots = run("action_ask_forget", [("delete_my_data", 0.7), ("goodbye", 0.1)])
        self.assertEqual((sent["key"], slots["pending"]), ("forget.question", "forget"))
        sent, _ = run("action_change_language", [("change_language", 0.7), ("interpreter", 0.1)])
        self.assertEqual(sent["requests"], ["change_language"])

    def test_what_may_have_been_asked_for_is_offered(self) -> None:
        for action, topic in (("action_ask_forget", "delete_my_data"), ("action_change_language", "change_language")):
            sent, slots = run(action, [(topic, 0.5), ("report", 0.2), ("cost", 0.1)], pending="forget")
            self.assertEqual((sent["key"], sent["requests"]), ("clarify", []))
            offered = [c["intent"] for c in sent["choices"]]
            self.assertEqual(offered, [topic, "report", "cost", "none_of_these"])
            self.assertIsNone(slots["pending"])

    def test_a_button_is_plain(self) -> None:
        sent, _ = run("action_ask_forget", [], choice="delete_my_data")
        self.assertEqual(sent["key"], "forget.question")


if __name__ == "__main__":
    unittest.main()
