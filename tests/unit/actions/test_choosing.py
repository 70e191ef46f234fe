"""Which answer a message gets, in the light of what was said before."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import yaml

from actions import choosing
from actions.choosing import Choice, Heard, Talk
from encoder.runtime.context import HEADS

BRING = "contact_visit/what_to_bring"
FIRST = "contact_visit/first_meeting"
ASKED = Heard(words=5, asked={BRING: 0.7, FIRST: 0.2})
AFTER = Talk(answer=FIRST, said={f"answer.{FIRST}": 1})


def test_a_likely_question_is_answered_with_what_people_ask_next() -> None:
    choice = choosing.choose(ASKED, Talk())
    assert choice is not None
    assert (choice.answer, choice.short) == (BRING, False)
    assert choice.offers == choosing.questions()[BRING].next[:2]


def test_the_second_time_it_is_said_shorter_and_the_third_time_something_else() -> None:
    said = {f"answer.{BRING}": 1}
    second = choosing.choose(ASKED, Talk(said=said))
    assert second is not None and second.short
    third = choosing.choose(ASKED, Talk(said=said | {f"short.{BRING}": 1}))
    assert third is not None and third.answer == FIRST
    all_said = said | {f"short.{BRING}": 1, f"answer.{FIRST}": 1}
    fourth = choosing.choose(ASKED, Talk(said=all_said))
    assert fourth is not None and fourth.key == "said_already"


def test_nothing_is_answered_where_nothing_is_likely() -> None:
    assert choosing.choose(Heard(words=14, asked={BRING: 0.1}), Talk()) is None


def test_where_it_is_not_plain_what_is_asked_the_buttons_say_what_else_was_meant() -> None:
    unsure = Heard(words=5, asked={BRING: 0.4, "cost/why_free": 0.3, "talk/tired": 0.2})
    choice = choosing.choose(unsure, Talk())
    assert choice is not None and choice.answer == BRING
    assert choice.offers == ("cost/why_free", choosing.questions()[BRING].next[0])


def test_a_clause_adds_what_it_asks_and_a_polite_one_nothing() -> None:
    heard = Heard(words=9, asked={FIRST: 0.3}, clauses=({"talk/greet_back": 0.95}, {BRING: 0.9}))
    choice = choosing.choose(heard, Talk())
    assert choice is not None and choice.answer == BRING


def test_a_follow_up_is_answered_by_the_table_and_else_honestly_not_known() -> None:
    asks = Heard(words=3, asked={}, kind="bring", sure=0.9)
    choice = choosing.choose(asks, AFTER)
    assert choice is not None and choice.answer == choosing.cell("contact_visit", "bring")
    unknown = choosing.choose(replace(asks, kind="proof"), Talk(answer="cost/why_free"))
    assert unknown is not None and unknown.key == "unknown.proof"


@pytest.mark.parametrize("kind", ["simpler", "again"])
def test_again_and_simpler_say_the_last_answer_shorter(kind: str) -> None:
    choice = choosing.choose(Heard(words=2, asked={}, kind=kind, sure=0.9), AFTER)
    assert choice == Choice(FIRST, short=True, offers=choosing.next_of(FIRST, AFTER))


def test_after_a_correction_the_last_answer_does_not_come_again() -> None:
    heard = Heard(words=4, asked={FIRST: 0.6, BRING: 0.3}, kind="correct", sure=0.9)
    choice = choosing.choose(heard, AFTER)
    assert choice is not None and choice.answer == BRING


def test_of_two_questions_one_is_answered_and_the_other_is_a_button() -> None:
    heard = Heard(words=12, asked={"cost/why_free": 0.7}, clauses=({BRING: 0.8}, {"cost/why_free": 0.9}))
    choice = choosing.choose(heard, Talk())
    assert choice is not None
    assert (choice.answer, choice.offers[0]) == ("cost/why_free", BRING)


def test_what_is_plainly_about_a_topic_is_answered_under_it_unless_a_question_elsewhere_is_surer() -> None:
    heard = Heard(words=6, asked={FIRST: 0.5, "cost/why_free": 0.2}, topics={"cost": 0.98})
    choice = choosing.choose(heard, Talk())
    assert choice is not None and choice.answer == "cost/why_free"
    surer = choosing.choose(replace(heard, asked={FIRST: 0.9}), Talk())
    assert surer is not None and surer.answer == FIRST
    assert choosing.choose(replace(heard, asked={FIRST: 0.5}), Talk()) is None, "the overview of the topic"


def test_a_greeting_is_greeted_back() -> None:
    hello = choosing.choose(Heard(words=1, asked={"talk/greet_back": 0.9}), Talk())
    assert hello is not None and hello.answer == "talk/greet_back"


def test_who_asks_as_a_nurse_is_answered_as_one() -> None:
    heard = Heard(words=6, asked={"am_i_a_victim/not_locked_in": 0.35, "report/as_nurse": 0.3})
    choice = choosing.choose(heard, Talk(role="professional"))
    assert choice is not None and choice.answer == "report/as_nurse"


def test_what_was_told_is_acknowledged_once_and_feelings_before_facts() -> None:
    heard = replace(ASKED, certain=("debt", "not_paid"), feeling="afraid", felt=0.8)
    assert choosing.acknowledgement(heard, Talk()) == "feelings.afraid.a"
    calm = replace(heard, felt=0.1)
    assert choosing.acknowledgement(calm, Talk()) == "told.debt.a"
    assert choosing.acknowledgement(calm, Talk(said={"told.debt": 1})) == "told.not_paid.a"
    assert not choosing.acknowledgement(calm, Talk(said={"told.debt": 1, "told.not_paid": 1}))
    assert not choosing.acknowledgement(heard, Talk(), "talk/afraid")


def told(*facts: str, words: int = 4) -> Heard:
    return Heard(words=words, asked={}, tells=True, told=facts)


def test_one_gentle_question_is_asked_at_a_time_and_none_twice_in_the_same_words() -> None:
    asked: dict[str, int] = {}
    questions = []
    while (question := choosing.gentle(Talk(said=asked, about=-2.0), told("bad_conditions"))):
        questions.append(question)
        name = f"gentle.{question[:-2]}"
        asked[name] = asked.get(name, 0) + 1
    assert questions == [f"{name}.{letter}" for letter in "ab" for name in choosing.OF_ANYBODY]


def test_who_says_that_nothing_bad_is_so_is_not_asked_what_worries_them() -> None:
    denies = Heard(words=4, asked={}, tells=True, denies=True)
    assert choosing.gentle(Talk(), denies) == "more.a"
    assert choosing.gentle(Talk(), Heard(words=1, asked={})) == "more.a"


def test_nothing_is_asked_that_was_just_told() -> None:
    assert choosing.gentle(Talk(role="bystander"), told("hit", words=12)) == "need.a"
    assert choosing.gentle(Talk(about=-2.0), told("not_paid")) == "who_has_papers.a"
    assert choosing.gentle(Talk(about=-2.0, told=("documents_kept", "controlled")), told("not_paid")) == "worry.a"


def test_as_long_as_it_is_not_plain_whom_it_is_about_nothing_is_asked_that_fits_one_alone() -> None:
    assert choosing.gentle(Talk(), told("documents_kept", "is_nurse")) == "worry.a"
    assert choosing.gentle(Talk(about=-2.0), told("documents_kept")) == "can_go_out.a"


def test_two_readings_together_rank_first_what_both_find_likely() -> None:
    found = choosing.together({FIRST: 0.5, BRING: 0.4}, {BRING: 0.6, "cost/why_free": 0.3})
    assert max(found, key=found.__getitem__) == BRING
    assert sum(found.values()) == pytest.approx(1)
    assert choosing.together({FIRST: 0.5}, {}) == {FIRST: 0.5}


def test_what_no_answer_fits_leaves_no_question_likely() -> None:
    sent = {"acts": {"words": 9, "asked": {BRING: 0.9, FIRST: 0.1}, "nothing": 0.8}, "questions": {BRING: 1.0}}
    assert choosing.choose(choosing.heard_of(sent), Talk()) is None
    sent["acts"]["nothing"] = 0.1
    choice = choosing.choose(choosing.heard_of(sent), Talk())
    assert choice is not None and choice.answer == BRING


def test_a_story_without_a_fact_is_answered_by_what_it_is() -> None:
    plain = replace(STORY, told=(), asked={FIRST: 0.3})
    assert choosing.heard_as(plain, Talk()) == "heard.a"
    assert choosing.heard_as(plain, Talk(said={"heard": 1})) == "heard.b"
    assert choosing.heard_as(replace(plain, heavy=True), Talk()) == "heavy.a"
    assert choosing.heard_as(replace(plain, heavy=True, denies=True), Talk()) == "denied.a"
    assert choosing.heard_as(replace(plain, certain=("debt",)), Talk()) == "told.debt.a"


def test_who_tells_is_heard_in_front_of_an_answer_too() -> None:
    choice = choosing.choose(replace(STORY, told=(), asked={FIRST: 0.9}), Talk())
    assert choice is not None and (choice.answer, choice.ack) == (FIRST, "heard.a")
    asks = choosing.choose(replace(STORY, told=(), asked={FIRST: 0.9}, asks=True), Talk())
    assert asks is not None and not asks.ack


def test_a_question_that_is_hardly_likely_is_answered_with_words_that_say_so() -> None:
    unsure = Heard(words=9, asked={BRING: 0.22, FIRST: 0.2, "cost/why_free": 0.1, "talk/tired": 0.1}, asks=True)
    assert choosing.choose(unsure, Talk()) == Choice(BRING, ack="unsure.a", offers=(FIRST, "cost/why_free"))
    again = choosing.choose(unsure, Talk(said={f"answer.{BRING}": 1, "unsure": 1}))
    assert again is not None and (again.answer, again.ack) == (FIRST, "unsure.b")


def test_below_all_that_is_likely_nothing_is_guessed() -> None:
    assert choosing.guess(Heard(words=9, asked={BRING: 0.08}, asks=True), Talk()) is None
    assert choosing.guess(Heard(words=9, asked={BRING: 0.15}), Talk()) is None


def test_hmm_in_the_middle_of_a_talk_is_no_hello() -> None:
    hmm = Heard(words=1, asked={"talk/it_is_me": 0.05}, topics={"greet": 0.7})
    assert choosing.is_story(hmm, Talk(said={"answer.cost": 1})) and not choosing.is_story(hmm, Talk())


def test_of_two_topics_each_is_answered_by_the_question_that_its_clause_surely_asks() -> None:
    heard = Heard(words=9, asked={}, clauses=({BRING: 0.8}, {"cost/why_free": 0.4}))
    assert choosing.under(["contact_visit", "cost"], heard, Talk()) == [BRING, "cost"]


def test_facts_are_not_said_back_to_who_may_write_about_somebody_else() -> None:
    heard = Heard(words=9, asked={}, tells=True, certain=("sleeps_at_work",))
    assert choosing.acknowledgement(heard, Talk(about=-1.0)) == "told.sleeps_at_work.a"
    assert choosing.acknowledgement(heard, Talk(about=0.5)) == ""


def test_who_asks_whether_a_language_is_spoken_does_not_ask_for_another_one() -> None:
    asked = Heard(words=5, asked={"talk/speak_my_language": 0.5}, asks=True)
    assert choosing.wins(asked, Talk(), "change_language", 0.95)
    assert not choosing.wins(replace(asked, asks=False), Talk(), "change_language", 0.95)


STORY = Heard(words=6, asked={FIRST: 0.4}, tells=True, told=("works_farm",))


def test_who_tells_and_asks_nothing_is_heard_unless_an_answer_plainly_fits() -> None:
    assert choosing.is_story(STORY, Talk())
    assert choosing.wins(STORY, Talk(), "cost", 0.97)
    assert not choosing.is_story(replace(STORY, asks=True), Talk())
    assert not choosing.is_story(replace(STORY, asked={FIRST: 0.8}), Talk())
    assert not choosing.is_story(replace(STORY, asked={"talk/lonely": 0.5}), Talk())
    assert not choosing.is_story(replace(STORY, words=2, kind="correct", sure=0.9), Talk(answer=FIRST))


def test_a_story_never_deletes_and_a_yes_answers_the_gentle_question_that_stands() -> None:
    assert choosing.wins(STORY, Talk(), "delete_my_data", 0.85)
    assert not choosing.wins(STORY, Talk(), "affirm", 0.99)
    assert choosing.wins(STORY, Talk(asked="what_wish"), "affirm", 0.99)


def test_what_is_told_of_somebody_else_is_not_said_of_who_writes() -> None:
    told = replace(STORY, told=("no_papers", "is_nurse"), certain=("no_papers", "is_nurse"))
    assert choosing.acknowledgement(told, Talk()) == "told.is_nurse.a"
    assert not choosing.acknowledgement(replace(STORY, certain=("no_papers",)), Talk(role="professional"))


def test_a_fact_that_is_noted_with_a_doubt_is_not_said_back() -> None:
    assert not choosing.acknowledgement(replace(STORY, told=("no_papers",)), Talk())


def test_a_question_wins_over_small_talk_and_over_deleting_only_when_it_is_likelier() -> None:
    assert choosing.wins(ASKED, Talk(), "thanks", 0.9)
    asks = replace(ASKED, asks=True)
    assert choosing.wins(asks, Talk(), "delete_my_data", 0.6)
    assert not choosing.wins(ASKED, Talk(), "delete_my_data", 0.6)
    assert not choosing.wins(asks, Talk(), "delete_my_data", 0.95)
    assert not choosing.wins(replace(asks, asked={BRING: 0.45}), Talk(), "delete_my_data", 0.6)
    assert not choosing.wins(Heard(words=1, asked={}), Talk(), "greet", 0.9)


def test_every_kind_of_every_topic_is_answered_or_honestly_not_known() -> None:
    topics = {name.partition("/")[0] for name in choosing.questions()} - {"talk", "beside"}
    for topic in topics:
        for kind in choosing.MISSING:
            heard = Heard(words=2, asked={}, kind=kind, sure=0.9)
            choice = choosing.choose(heard, Talk(answer=topic))
            assert choice is not None, (topic, kind)
            assert choice.answer.startswith(f"{topic}/") or choice.key == f"unknown.{kind}"


def test_what_is_told_is_heard_by_its_theme_in_two_wordings() -> None:
    told = Heard(words=9, asked={}, tells=True, theme="pay_cut", of_theme=0.8)
    assert choosing.heard_as(told, Talk()) == "themes.pay_cut.a"
    assert choosing.heard_as(told, Talk(said={"themes.pay_cut": 1})) == "themes.pay_cut.b"
    assert choosing.heard_as(told, Talk(said={"themes.pay_cut": 2})) == "heard.a"


def test_only_who_may_write_of_somebody_else_is_thanked_for_having_seen_it() -> None:
    told = Heard(words=9, asked={}, tells=True, theme="saw_signs", of_theme=0.8)
    assert choosing.heard_as(told, Talk()) == "heard.a"
    assert choosing.heard_as(told, Talk(about=0.9)) == "themes.saw_signs.a"
    assert choosing.heard_as(replace(told, told=("is_nurse",)), Talk()) == "themes.saw_signs.a"


def test_what_has_no_sure_theme_is_heard_in_general_words() -> None:
    told = Heard(words=9, asked={}, tells=True, theme="pay_cut", of_theme=choosing.THEME - 0.01)
    assert choosing.heard_as(told, Talk()) == "heard.a"


def test_the_question_after_what_was_told_fits_its_theme_once() -> None:
    told = Heard(words=9, asked={}, tells=True, theme="pay_cut", of_theme=0.8)
    assert choosing.gentle(Talk(), told) == "anything_kept.a"
    assert choosing.gentle(Talk(said={"gentle.anything_kept": 1}), told) == "worry.a"


def test_where_no_theme_is_sure_that_of_the_questions_near_to_it_is_heard() -> None:
    asked = {"unpaid_wages/taken_off": 0.06, "debt/taken_from_pay": 0.03, FIRST: 0.02}
    told = Heard(words=9, asked=asked, tells=True, theme="pay_low", of_theme=0.2)
    assert choosing.group_of(told, choosing.THEMES) == ("pay_cut", pytest.approx(0.82, abs=0.01))
    assert choosing.heard_as(told, Talk()) == "themes.pay_cut.a"


def test_each_field_stands_for_questions_that_there_are_and_has_words() -> None:
    fields = choosing.groups(choosing.FIELDS)
    assert set(fields) <= _known()
    assert {*fields.values(), "general"} == set(_words("beyond"))


def test_each_theme_that_is_read_or_near_has_words_and_no_other_has() -> None:
    near = choosing.groups(choosing.THEMES)
    assert set(near) <= _known()
    with np.load(HEADS, allow_pickle=False) as heads:
        read = set(json.loads(heads["told"].tobytes())["labels"]["theme"]) - {"-"}
    assert {*near.values(), *read} == set(_words("themes"))


def test_each_theme_with_a_question_of_its_own_has_words_and_so_has_the_question() -> None:
    themes = [theme for group in choosing.AFTER_THEME.values() for theme in group]
    assert len(themes) == len(set(themes))
    assert set(themes) | choosing.OF_WITNESSES <= set(_words("themes"))
    assert set(choosing.AFTER_THEME) <= set(_words("gentle"))


def _known() -> set[str]:
    return {*choosing.questions(), *(name.partition("/")[0] for name in choosing.questions())}


def _words(group: str) -> dict[str, Any]:
    words = yaml.safe_load((choosing.CONTENT / "en" / "acknowledgements.yml").read_text(encoding="utf-8"))
    return dict(words[group])


FAR = Heard(words=9, asked={"unpaid_wages/proof": 0.4, "unpaid_wages/fair_pay": 0.2, FIRST: 0.1}, asks=True)


def test_what_no_answer_fits_in_the_light_of_the_talk_is_honestly_not_known_by_its_field() -> None:
    far = replace(FAR, in_light={"unpaid_wages/proof": 0.05})
    first = choosing.choose(far, Talk())
    assert first == Choice(key="beyond.work.a", offers=("unpaid_wages/proof", "unpaid_wages/fair_pay"))
    again = choosing.choose(far, Talk(said={"beyond.work": 2, "beyond.general": 2}))
    assert again is not None and again.key == "beyond.general.c"
    apart = {"unpaid_wages/proof": 0.3, FIRST: 0.2, "medical_care/who_pays": 0.2}
    elsewhere = choosing.choose(replace(far, asked=apart), Talk())
    assert elsewhere is not None and elsewhere.key == "beyond.general.a", "no field has half of it"


def test_who_hardly_asks_and_is_near_to_no_question_is_heard() -> None:
    far = replace(FAR, in_light={"unpaid_wages/proof": 0.05}, asking=choosing.SURELY_ASKS - 0.1)
    assert choosing.is_story(far, Talk())
    assert not choosing.is_story(replace(far, asking=choosing.SURELY_ASKS), Talk())
    assert not choosing.is_story(replace(far, in_light={"unpaid_wages/proof": 0.4}), Talk())


def test_what_the_talk_makes_likely_is_answered_and_so_is_all_where_it_is_not_read() -> None:
    near = replace(FAR, in_light={"unpaid_wages/proof": choosing.BEYOND})
    for heard in (near, replace(FAR, in_light={})):
        choice = choosing.choose(heard, Talk())
        assert choice is not None and choice.answer == "unpaid_wages/proof"


def test_what_the_reading_in_context_is_sure_of_is_answered_whatever_the_words_alone_are_near_to() -> None:
    stay, belgian = "beside/stay_question", "eu_citizen/belgian"
    asks = Heard(words=14, asked={belgian: 0.5, stay: 0.4}, asks=True, in_light={stay: 0.6, belgian: 0.01})
    assert next(iter(choosing.shares(asks, Talk()))) == stay
    topic = replace(asks, topics={"eu_citizen": 0.97})
    assert next(iter(choosing.shares(topic, Talk()))) == belgian, "of a plain topic it must be surer"
    assert next(iter(choosing.shares(replace(topic, in_light={stay: 0.9}), Talk()))) == stay
    assert next(iter(choosing.shares(replace(asks, asks=False), Talk()))) == belgian, "who tells asks nothing"
    again = replace(asks, words=4, kind="correct", sure=0.9)
    assert stay not in choosing.shares(again, Talk(answer=stay)), "what was just corrected is not said again"


def test_what_is_plainly_of_a_topic_as_a_whole_gets_its_overview_once() -> None:
    of_topic = replace(FAR, in_light={"unpaid_wages/proof": 0.05}, topics={"unpaid_wages": choosing.ALL_OF_A_TOPIC})
    assert choosing.choose(of_topic, Talk()) is None
    greeted = replace(of_topic, topics={"unpaid_wages": choosing.ABOUT}, topics_of_clauses={"unpaid_wages": 0.99})
    assert choosing.choose(greeted, Talk()) is None
    again = choosing.choose(of_topic, Talk(said={"answer.unpaid_wages": 1}))
    assert again is not None and again.key == "beyond.work.a"


def test_an_answer_for_the_person_in_trouble_says_so_to_who_asked_for_them_three_times_at_most() -> None:
    asked = Heard(words=5, asked={"unpaid_wages/proof": 0.9}, asks=True)
    for times, ack in enumerate(("of_others.a", "of_others.b", "of_others.c", "")):
        choice = choosing.choose(asked, Talk(role="bystander", of_others=True, said={"of_others": times}))
        assert choice is not None and choice.ack == ack
    for of_others, name in ((False, "unpaid_wages/proof"), (True, "victim_status/for_my_client")):
        choice = choosing.choose(replace(asked, asked={name: 0.9}), Talk(role="professional", of_others=of_others))
        assert choice is not None and not choice.ack
