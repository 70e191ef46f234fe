"""Runs in the engine's environment: what the clarifying action makes of a ranking."""

from __future__ import annotations

import asyncio
import unittest
from typing import Any

from rasa_sdk.executor import ActionExecutor

Ranking = list[tuple[str, float]]


def run(action: str, ranking: Ranking, *, choice: str = "", **slots: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The message that was sent, and the slots that were set; `choice` is the topic of a button that was pressed."""
    (message,), set_to = run_all(action, ranking, choice=choice, **slots)
    return message, set_to


def run_all(
    action: str, ranking: Ranking, parts: list[Ranking] | None = None, *, choice: str = "",
    clauses: list[Ranking] | None = None, **slots: Any
) -> tuple[list[dict[str, Any]], dict[str, Any]]:  # fmt: skip
    """All messages; `parts` are the rankings of a message's questions, `clauses` of its clauses."""
    executor = ActionExecutor()
    executor.register_package("actions")
    entries = of(ranking)
    intent = choice or (ranking[0][0] if ranking else "nlu_fallback")
    latest = {"intent": {"name": intent}, "intent_ranking": entries, "text": "", "choice": bool(choice)}
    if parts is not None:
        latest["parts"] = [of(part) for part in parts]
    if clauses is not None:
        latest["clauses"] = [of(clause) for clause in clauses]
    tracker = {"sender_id": "x", "slots": slots, "latest_message": latest, "events": [], "paused": False,
               "followup_action": None, "active_loop": {}, "latest_action_name": None}  # fmt: skip
    answer = asyncio.run(executor.run({"next_action": action, "tracker": tracker, "domain": {}}))
    assert answer is not None
    sent = [message["custom"] for message in answer["responses"]]
    return sent, {e["name"]: e["value"] for e in answer["events"] if e["event"] == "slot"}


def of(ranking: Ranking) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": confidence} for name, confidence in ranking]


def said(messages: list[dict[str, Any]]) -> list[tuple[str, Any, list[str]]]:
    """Key, topic or topics, and the buttons."""
    return [
        (m["key"], m["values"].get("topics") or m["values"].get("topic"), [c["intent"] for c in m["choices"]])
        for m in messages
    ]


COST, DOCTOR, SLEEP = [("cost", 0.99)], [("medical_care", 0.97)], [("shelter", 0.95)]
WHOLE = [("medical_care", 0.97), ("cost", 0.02)]


class Several(unittest.TestCase):
    def several(
        self, parts: list[Ranking], ranking: Ranking = WHOLE, action: str = "action_answer", **slots: Any
    ) -> list[tuple[str, Any, list[str]]]:
        return said(run_all(action, ranking, parts, **slots)[0])

    def test_two_sure_questions_are_both_answered_in_their_order(self) -> None:
        both = [("both", ["cost", "medical_care"], ["cost", "medical_care"])]
        self.assertEqual(self.several([COST, DOCTOR]), both)
        unclear = [("nlu_fallback", 0.4), ("medical_care", 0.2), ("cost", 0.19)]
        self.assertEqual(self.several([COST, DOCTOR], unclear, "action_clarify"), both)
        _, slots = run_all("action_answer", WHOLE, [COST, DOCTOR], misses=1)
        self.assertEqual(slots, {"pending": None, "misses": 0, "last_topic": "cost"})

    def test_of_three_two_are_answered_and_the_third_is_offered(self) -> None:
        self.assertEqual(
            self.several([COST, DOCTOR, SLEEP]),
            [("answer", "cost", []), ("answer", "medical_care", ["shelter", "talk_to_human"])],
        )

    def test_what_is_not_sure_is_offered_where_all_of_the_message_is_about_it_too(self) -> None:
        unsure = [("cost", 0.6), ("duration", 0.3)]
        self.assertEqual(
            self.several([DOCTOR, unsure]), [("answer", "medical_care", ["cost", "talk_to_human"])]
        )
        self.assertEqual(self.several([DOCTOR, [("duration", 0.6)]]), [("answer", "medical_care", [])])

    def test_where_none_is_sure_all_are_offered(self) -> None:
        parts = [[("cost", 0.6)], [("medical_care", 0.7)]]
        whole = [("medical_care", 0.6), ("cost", 0.3)]
        self.assertEqual(self.several(parts, whole), [("clarify", None, ["cost", "medical_care", "none_of_these"])])

    def test_where_only_the_whole_is_sure_it_is_answered_and_the_rest_is_offered(self) -> None:
        parts = [[("cost", 0.6)], [("medical_care", 0.7)]]
        self.assertEqual(self.several(parts), [("answer", "medical_care", ["cost", "talk_to_human"])])

    def test_one_question_of_two_likely_topics_is_one(self) -> None:
        parts = [[("cost", 0.5), ("medical_care", 0.4)], [("greet", 0.99)]]
        self.assertEqual(self.several(parts), [("answer", "medical_care", [])])

    def test_what_is_about_the_same_is_one_and_small_talk_is_none(self) -> None:
        one = [("answer", "medical_care", [])]
        for other in (DOCTOR, [("greet", 0.99)], [("thanks", 0.99)], [("not_understood", 0.99)]):
            self.assertEqual(self.several([DOCTOR, other]), one)
        self.assertEqual(self.several([DOCTOR]), one)
        self.assertEqual(self.several([]), one)

    def test_can_you_help_me_is_no_question_of_its_own(self) -> None:
        us = [("about_us", 0.99)]
        self.assertEqual(self.several([us, DOCTOR]), [("answer", "medical_care", [])])
        whole = [("medical_care", 0.6), ("about_us", 0.4)]
        self.assertEqual(self.several([us, DOCTOR], whole)[0][:2], ("both", ["about_us", "medical_care"]))

    def test_what_acts_is_offered_below_the_answer_and_done_after_it(self) -> None:
        person = [("talk_to_human", 0.99)]
        self.assertEqual(self.several([DOCTOR, person]), [("answer", "medical_care", ["talk_to_human"])])
        self.assertEqual(
            self.several([DOCTOR, [("delete_my_data", 0.99)]]),
            [("answer", "medical_care", ["delete_my_data", "talk_to_human"])],
        )
        self.assertEqual(
            self.several([DOCTOR, person], [("talk_to_human", 0.6)], "action_offer_handoff"),
            [("answer", "medical_care", []), ("handoff.offer", None, ["affirm", "deny"])],
        )
        self.assertEqual(
            self.several([DOCTOR, DOCTOR], [("talk_to_human", 0.6)], "action_offer_handoff"),
            [("handoff.offer", None, ["affirm", "deny"])],
        )

    def test_what_else_may_have_been_asked_lies_behind_one_button(self) -> None:
        """Below the answer to a message of several clauses: the likeliest first, and nothing that is in sight."""

        def more(clauses: list[Ranking], ranking: Ranking = WHOLE, **slots: Any) -> Any:
            (sent, *_), _ = run_all("action_answer", ranking, clauses=clauses, **slots)
            return sent["values"].get("more")

        unsure = [("debt", 0.2), ("cost", 0.6), ("police", 0.3), ("greet", 0.3), ("delete_my_data", 0.3)]
        others = [("duration", 0.25), ("court", 0.22), ("signs", 0.01)]
        self.assertEqual(more([DOCTOR, unsure, others]), ["cost", "police", "duration", "court"])
        self.assertEqual(more([DOCTOR, [("medical_care", 0.6)]]), ["cost"], "the whole says a little of it")
        for sure in ([DOCTOR, COST], [DOCTOR, DOCTOR], [[("greet", 0.99)], DOCTOR]):
            self.assertIsNone(more(sure), "all that was asked is in sight")
        for ranking in ([("thanks", 0.9)], [("not_ready", 0.9)], [("greet", 0.9)]):
            self.assertIsNone(more([unsure], ranking))
        self.assertIsNone(more([]))
        form = {"name": "report", "at": "what", "answers": {}, "digressions": 0, "paused": False}
        self.assertIsNone(more([DOCTOR, unsure], form=form))

    def test_in_a_form_nothing_changes(self) -> None:
        form = {"name": "report", "at": "danger", "answers": {}, "digressions": 0, "paused": False}
        sent, _ = run_all("action_answer", WHOLE, [COST, DOCTOR], form=form)
        self.assertEqual([m["key"] for m in sent if "key" in m], ["answer", "report.danger"])


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
