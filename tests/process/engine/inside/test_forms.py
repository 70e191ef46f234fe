"""Runs in the engine's environment: where a form goes from each answer."""

from __future__ import annotations

import asyncio
import unittest
from typing import Any

from rasa_sdk.executor import ActionExecutor

from actions import forms
from actions.questions import SIGNS

REPORT = {"name": "report", "at": "where", "answers": {"danger": "no", "what": "told"}, "digressions": 0}


def run(action: str, intent: str, form: Any, confidence: float = 0.9, **latest: Any) -> dict[str, Any]:
    """Every key, request and button that was sent, and the form as it stands after."""
    executor = ActionExecutor()
    executor.register_package("actions")
    slots = latest.pop("slots", {})
    message = {"intent": {"name": intent, "confidence": confidence}, "text": "", "form": form, **latest}
    message["intent_ranking"] = [{"name": intent, "confidence": confidence}]
    tracker = {"sender_id": "x", "slots": slots, "latest_message": message, "events": [], "paused": False,
               "followup_action": None, "active_loop": {}, "latest_action_name": None}  # fmt: skip
    answer = asyncio.run(executor.run({"next_action": action, "tracker": tracker, "domain": {}}))
    assert answer is not None
    sent = [response["custom"] for response in answer["responses"]]
    return {
        "keys": [s["key"] for s in sent if "key" in s],
        "requests": [r for s in sent for r in s["requests"]],
        "buttons": [c for s in sent for c in s["choices"]],
        "form": ([s["form"] for s in sent if "form" in s] or [None])[-1],
    }


def pressed(intent: str, form: dict[str, Any]) -> dict[str, Any]:
    return run("action_form", intent, {**form, "pressed": True}, choice=True)


def check(answers: dict[str, str], at: str) -> dict[str, Any]:
    return {"name": "self_check", "at": at, "answers": answers, "digressions": 0}


class SelfCheck(unittest.TestCase):
    def through(self, yes: int) -> dict[str, Any]:
        state: dict[str, Any] = forms.begin("self_check")
        for number, sign in enumerate(SIGNS):
            self.assertEqual(state["at"], sign.name)
            last = pressed("affirm" if number < yes else "form_unsure", state)
            state = last["form"]
        return last

    def test_two_signs_are_worth_a_talk_and_sharing_is_asked(self) -> None:
        for yes in (2, 9):
            last = self.through(yes)
            self.assertEqual(last["keys"], ["self_check.worth_a_talk", "self_check.share"])
            self.assertEqual(last["requests"], [])

    def test_fewer_are_no_reason_to_share_and_a_person_is_one_tap_away(self) -> None:
        for yes in (0, 1):
            last = self.through(yes)
            self.assertEqual((last["keys"], last["requests"]), (["self_check.gentle"], []))
            self.assertIn({"intent": "talk_to_human"}, last["buttons"])
            self.assertTrue(last["form"]["over"])

    def test_only_a_yes_to_sharing_shares(self) -> None:
        answers = {sign.name: "yes" for sign in SIGNS}
        self.assertEqual(pressed("affirm", check(answers, "share"))["requests"], ["told:self_check", "handoff"])
        no = pressed("deny", check(answers, "share"))
        self.assertEqual((no["keys"], no["requests"]), (["self_check.not_shared"], []))

    def test_skipping_and_not_knowing_count_as_no_sign(self) -> None:
        answers = {sign.name: "skip" for sign in SIGNS[:-1]} | {"pay": "yes"}
        self.assertEqual(pressed("form_unsure", check(answers, "violence"))["keys"], ["self_check.gentle"])

    def test_back_goes_back_one_and_at_the_first_question_stays(self) -> None:
        second = pressed("form_back", check({"movement": "yes"}, "contacts"))
        self.assertEqual((second["form"]["at"], second["form"]["answers"]), ("movement", {}))
        self.assertEqual(pressed("form_back", second["form"])["form"]["at"], "movement")

    def test_an_earlier_answer_is_corrected_and_the_last_question_asked_again(self) -> None:
        after = pressed("deny", check({"movement": "yes", "contacts": "yes"}, "movement"))
        self.assertEqual(after["form"]["answers"], {"movement": "no", "contacts": "yes"})
        self.assertEqual(after["keys"], ["self_check.conditions"])

    def test_words_are_never_counted_on_a_guess(self) -> None:
        pairs = {"action_affirm": "affirm", "action_deny": "deny", "action_clarify": "nlu_fallback"}
        for action, intent in pairs.items():
            asked = run(action, intent, check({}, "movement"))
            self.assertEqual(asked["keys"], ["forms.please_choose", "self_check.movement"])
            self.assertEqual(asked["form"]["answers"], {})

    def test_who_is_hardly_taken_to_leave_is_asked_again_and_who_leaves_is_let_go(self) -> None:
        handoff = forms.begin("handoff")
        for form, question in ((check({}, "movement"), "self_check.movement"), (handoff, "handoff.mode")):
            for parting in ("goodbye", "not_ready"):
                hardly = run("action_answer", parting, form, confidence=0.53)
                self.assertEqual(hardly["keys"], ["forms.please_choose", question])
                self.assertEqual(run("action_answer", parting, form, confidence=0.8)["keys"][0], "answer")

    def test_a_yes_to_another_question_is_not_taken_for_an_answer(self) -> None:
        yes = run("action_affirm", "affirm", check({}, "movement"), slots={"pending": "forget"})
        self.assertEqual(yes["requests"], ["forget"])

    def test_patience_ends(self) -> None:
        form: Any = check({}, "movement")
        said = []
        for _ in range(5):
            answer = run("action_answer", "cost", form)
            form = answer["form"]
            said.append(answer["keys"][1:])
        question = ["self_check.movement"]
        self.assertEqual(said, [question, question, ["forms.take_up"], [], []])
        self.assertEqual(pressed("form_go_on", form)["keys"], question)


class Report(unittest.TestCase):
    def test_words_are_the_answer_and_asked_for_by_name(self) -> None:
        kept = run("action_answer", "report", REPORT)
        self.assertEqual(kept["requests"], ["keep:report.where", "told:report", "report"])
        self.assertEqual(kept["keys"], ["report.when"])

    def test_an_address_is_no_question_about_ours(self) -> None:
        self.assertEqual(run("action_answer", "contact_visit", REPORT)["keys"], ["report.when"])
        asked = run("action_answer", "contact_visit", REPORT, asks=True)
        self.assertEqual(asked["keys"], ["answer", "report.where"])

    def test_yesterday_sounds_like_goodbye_and_is_an_answer(self) -> None:
        answers = dict(REPORT["answers"])
        for at, after in (("where", "report.when"), ("when", "report.people"), ("people", "report.reach")):
            for parting in ("goodbye", "not_ready"):
                kept = run("action_answer", parting, {**REPORT, "at": at, "answers": dict(answers)})
                self.assertEqual((kept["keys"], kept["requests"][0]), ([after], f"keep:report.{at}"))
            answers[at] = "told"

    def test_who_leaves_before_anything_was_told_is_let_go(self) -> None:
        asked = run("action_answer", "goodbye", {**REPORT, "at": "what", "answers": {"danger": "no"}})
        self.assertEqual(asked["requests"], [])
        self.assertEqual(asked["keys"][0], "answer")

    def test_a_wish_is_not_kept_as_an_answer(self) -> None:
        for action, intent in (("action_ask_forget", "delete_my_data"), ("action_offer_handoff", "talk_to_human")):
            asked = run(action, intent, REPORT)
            self.assertEqual(asked["requests"], [])
            self.assertEqual(len(asked["keys"]), 1, "one question at a time")
            self.assertEqual(asked["form"]["at"], "where")

    def test_danger_now_is_asked_for_before_anything_is_told(self) -> None:
        yes = pressed("affirm", forms.begin("report"))
        self.assertEqual((yes["requests"], yes["keys"]), (["danger"], ["report.what"]))

    def test_words_of_danger_are_kept_wherever_they_come(self) -> None:
        at_first = run("action_answer", "report", {**forms.begin("report"), "danger": True})
        self.assertEqual(at_first["requests"], ["add:report.what", "told:report", "report"])
        self.assertEqual(at_first["keys"], ["report.where"])
        middle = run("action_answer", "report", {**REPORT, "danger": True})
        self.assertEqual(middle["requests"][:2], ["keep:report.where", "add:report.what"])
        self.assertEqual(middle["keys"], ["report.noted", "report.where"])
        again = run("action_answer", "report", {**middle["form"], "danger": True})
        self.assertEqual(again["keys"], ["report.when"])

    def test_nothing_told_makes_no_case(self) -> None:
        state: dict[str, Any] = forms.begin("report")
        while not state.get("over"):
            last = pressed("form_skip", state)
            self.assertEqual(last["requests"], [])
            state = last["form"]
        self.assertEqual(last["keys"], ["forms.stopped"])


class Hostile(unittest.TestCase):
    def test_a_state_that_is_none_is_over(self) -> None:
        for wrong in ({"name": "x", "at": "y"}, {"name": "report", "at": "share"}, {"name": []}):
            self.assertEqual(run("action_answer", "cost", wrong)["form"], {"over": True})

    def test_answers_to_questions_that_there_are_not_are_dropped(self) -> None:
        state = forms.checked({**REPORT, "answers": {"what": "told", "x": "y"}, "digressions": "many"})
        assert state is not None
        self.assertEqual((state["answers"], state["digressions"]), ({"what": "told"}, 0))


if __name__ == "__main__":
    unittest.main()
