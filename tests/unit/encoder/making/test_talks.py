"""The conversations that are learned from: whole, and read in the light of what was said before."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.domain.conversation_state import ROLES
from bot.domain.signals import SIGNALS
from bot.settings import ROOT
from encoder.making.talks import follow_ups, questions_of_talks, table, turns

THEMES = set(yaml.safe_load((ROOT / "content/en/acknowledgements.yml").read_text(encoding="utf-8"))["themes"])
QUESTIONS = frozenset(yaml.safe_load((ROOT / "content/questions.yml").read_text(encoding="utf-8"))["questions"])
TOPICS = frozenset(yaml.safe_load((ROOT / "content/topics.yml").read_text(encoding="utf-8"))["topics"])
FACTS = frozenset(yaml.safe_load((ROOT / "data/acts/en.yml").read_text(encoding="utf-8"))["told"])
TALK = """\
version: 1
language: en
talks:
- who: "a builder"
  turns:
  - {text: "hello", answers: [talk/greet_back]}
  - {text: "my boss keeps my passport", answers: [documents_taken/is_it_allowed], told: [documents_kept]}
  - {text: "and then", answers: [documents_taken/get_back], kind: next_step}
  - {text: "he is at the door with a knife", danger: emergency, signals: [weapon]}
  - {text: "police is here", safety: safe_now}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "talks").mkdir()
    (tmp_path / "talks" / "en.yml").write_text(TALK, encoding="utf-8")
    return tmp_path


def test_a_turn_comes_with_what_was_said_before_it(data: Path) -> None:
    hello, passport, then, knife, police = turns(data)
    assert (hello.before, hello.last) == ("", "")
    assert (passport.before, passport.last) == ("", "")  # a greeting says too little
    assert (then.before, then.last) == (passport.text, "documents_taken/is_it_allowed")
    assert (knife.before, knife.last) == (passport.text, "documents_taken/get_back")
    assert not knife.in_danger
    assert police.in_danger
    assert police.earlier == (hello.text, passport.text, then.text, knife.text)


def test_only_turns_with_an_answer_of_their_own_ask_a_question(data: Path) -> None:
    assert [question for _, question, *_ in questions_of_talks(data)] == [
        "talk/greet_back", "documents_taken/is_it_allowed", "documents_taken/get_back",
    ]  # fmt: skip


def test_a_file_that_is_none_is_named(data: Path) -> None:
    (data / "talks" / "en.yml").write_text("talks: [{who: x, turns: [{answers: []}]}]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"en\.yml"):
        list(turns(data))


def test_every_follow_up_that_is_made_answers_its_kind() -> None:
    kinds = table(ROOT / "content/questions.yml")
    made = follow_ups(ROOT / "data", kinds)
    assert made == follow_ups(ROOT / "data", kinds)
    assert {question for _, question, *_ in made} <= set(kinds.values())


def test_the_conversations_name_what_there_is() -> None:
    found = list(turns(ROOT / "data"))
    assert len({turn.language for turn in found}) == 17
    assert {answer for turn in found for answer in turn.answers} <= QUESTIONS | TOPICS
    assert {answer for turn in found for answer in turn.answers} >= QUESTIONS
    assert {signal for turn in found for signal in turn.signals} <= set(SIGNALS)
    assert {fact for turn in found for fact in turn.told} <= FACTS
    assert set(ROLES) <= FACTS
    assert {turn.theme for turn in found} - {"", "-"} == THEMES


def test_nothing_that_is_judged_by_is_learned_from() -> None:
    learned = {turn.text.casefold() for turn in turns(ROOT / "data")}
    judged = {
        str(turn["text"]).casefold()
        for file in (ROOT / "tests/talks").glob("??.yml")
        for talk in yaml.safe_load(file.read_text(encoding="utf-8"))["talks"]
        for turn in talk["turns"]
    }
    long = {text for text in learned & judged if len(text.split()) > 5}
    assert not long
