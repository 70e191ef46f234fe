"""Which answers a message gets: questions under topics, in the light of what was said before. Pure, without Rasa.

Limits were chosen on the conversations of `data/talks` and are reported on those of `tests/talks`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).resolve().parent.parent / "content"
QUESTIONS, THEMES, FIELDS = CONTENT / "questions.yml", CONTENT / "themes.yml", CONTENT / "fields.yml"

ANSWERS, LIKELY, OFFERED = 0.3, 0.2, 0.08
"""From which share a question is answered, answered where nothing else is likelier, and offered as a button."""
SURE_OF_QUESTION, GUESSED, WHICH = 0.26, 0.1, 2
"""Share below which it is said that another question may be meant, with so many others as buttons; and from which on a
question is answered like that where nothing else is understood of the message."""
BEYOND, FIELD = 0.2, 0.5
"""Share, by the reading in the light of what was said before, below which an answer is no answer to what is asked: of
such answers readers found one in six right, and three in five beside the point or false. Then it is said honestly that
the program does not know, and who does, by the field of the question where so much of the shares lies in one."""
TRUSTED, SURELY_TRUSTED = 0.5, 0.85
"""Share, by the same reading, from which a question is what is asked whatever the words by themselves are near to, and
where their topic is plain: of the questions that got another answer readers found two in three to be wrong."""
ALL_OF_A_TOPIC = 0.8
"""From which share of a topic its overview is given then."""
SURELY_ASKS = 0.7
"""From which share of asking that is said; of those below it that are no near question, three in four told."""
PLAIN = 0.6
"""From which share there is no doubt what is asked, so that the buttons are what people ask next."""
KIND = 0.45
"""From which share a short message is a follow-up of its likeliest kind."""
MIDDLE = 10
"""Words up to which a message may lean on what was answered last."""
GREETING = 4
"""Words of a message above which it is more than polite."""
SURE_CLAUSE = 0.6
"""From which share a clause surely asks a question."""
OF_CLAUSE = 0.6
"""What the share of a clause counts beside that of the whole message."""
NOT_THEIRS, NOT_AT_ALL_THEIRS = 0.6, 0.5
"""What a question that is asked by others than who writes is worth: as far as is known, and where they said it."""
FEELING, THEME, NEAR_THEME = 0.7, 0.45, 0.6
"""From which share a feeling, the theme of what is told, and that of the questions near to it, are spoken of."""
STORY, SMALL_STORY, OF_ROLE = 0.7, 0.45, 0.3
"""From which share a question is answered to somebody who tells and asks nothing; small talk to one who tells;
and what those ask who write about somebody else, when somebody says that they do."""
POLITE = frozenset({
    "talk/greet_back", "talk/how_are_you", "talk/thanks", "talk/goodbye", "talk/sorry_disturb",
    "talk/can_i_ask_something", "talk/i_am_back", "talk/yes_all_ok", "talk/wait_a_moment",
})  # fmt: skip
"""What is said beside what a message is about: it never wins over that."""
SIMPLER = frozenset({"simpler", "again", "meaning"})
MISSING = frozenset({
    "next_step", "how", "duration", "cost", "place", "when", "who", "certainty", "refusal", "meaning", "other_person",
    "children", "bring", "condition", "reason", "risk", "proof",
})  # fmt: skip
"""Kinds with an honest "I do not know" of their own."""
PERSON = "talk_to_human"
"""Below each answer anyway."""


@dataclass(frozen=True)
class Question:
    """What is fixed of a question: who asks it, which kinds of follow-up it answers, what is asked next."""

    roles: frozenset[str]
    kinds: frozenset[str]
    next: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """What was understood of a message. ``asked`` are questions with their shares, in the light of what was said before
    it; ``kind`` a kind of follow-up with its share."""

    words: int
    asked: Mapping[str, float]
    clauses: tuple[Mapping[str, float], ...] = ()
    """The same of its clauses, or questions, each by itself."""
    kind: str = ""
    sure: float = 0.0
    asks: bool = False
    asking: float = 1.0
    """How surely it asks."""
    denies: bool = False
    """It says that something bad is not so."""
    heavy: bool = False
    """It may be about danger: the person is asked whether it is safe to write."""
    tells: bool = False
    """It surely tells something, or answers, and asks nothing."""
    may_tell: bool = False
    """It rather tells something than asks."""
    wants: bool = True
    """It may want something done: a person, another language, this chat deleted."""
    told: tuple[str, ...] = ()
    certain: tuple[str, ...] = ()
    """Those of ``told`` that may be said back."""
    feeling: str = ""
    felt: float = 0.0
    topics: Mapping[str, float] = field(default_factory=dict)
    """What the message by itself is about, with shares."""
    topics_of_clauses: Mapping[str, float] = field(default_factory=dict)
    """What its clauses, or questions, are about, each by itself, with the surest share."""
    in_light: Mapping[str, float] = field(default_factory=dict)
    """What it asks by the reading in the light of what was said before, alone."""
    theme: str = ""
    """By which theme what it tells is heard, by the same reading; its share is ``of_theme``."""
    of_theme: float = 0.0


@dataclass(frozen=True)
class Talk:
    """What the conversation remembers, as the gateway sends it with each message."""

    answer: str = ""
    said: Mapping[str, int] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    role: str = "self"
    about: float = 0.0
    """How much speaks for that it is about somebody else than who writes (log odds)."""
    of_others: bool = False
    """Whether it is surely about somebody else than who writes."""
    waiting: bool = False
    asked: str = ""
    """The gentle question that was asked last."""

    def times(self, key: str) -> int:
        """How often a text was said."""
        return int(self.said.get(key, 0))


@dataclass(frozen=True)
class Choice:
    """One part of a turn: an answer by its id (``short``: said otherwise, for it was said before), or another key;
    with an acknowledgement in front, and buttons."""

    answer: str = ""
    short: bool = False
    key: str = ""
    ack: str = ""
    offers: tuple[str, ...] = ()


@cache
def groups(path: Path) -> dict[str, str]:
    """Return the group, of a file of groups, of each question and of each topic that has one."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: group for group, names in content.items() for name in names}


def group_of(heard: Heard, path: Path) -> tuple[str, float]:
    """Return the likeliest group of a message with its share of all that the message is near to; ``asked`` may be small
    as a whole, for who tells asks nothing."""
    known = groups(path)
    found: dict[str, float] = {}
    for name, share in heard.asked.items():
        group = known.get(name) or known.get(name.partition("/")[0], "")
        found[group] = found.get(group, 0.0) + share
    whole = sum(found.values()) or 1.0
    found.pop("", None)
    group, share = max(found.items(), key=lambda one: one[1], default=("", 0.0))
    return group, share / whole


@cache
def questions(path: Path = QUESTIONS) -> dict[str, Question]:
    """All questions by id, in their order."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]
    return {
        name: Question(frozenset(entry.get("roles") or ["any"]), frozenset(entry.get("kinds") or ()),
                       tuple(entry.get("next") or ()))
        for name, entry in content.items()
    }  # fmt: skip


def cell(topic: str, kind: str) -> str | None:
    """The question of ``topic`` that answers a follow-up of ``kind``."""
    prefix = topic.partition("/")[0] + "/"
    return next((name for name, q in questions().items() if name.startswith(prefix) and kind in q.kinds), None)


def is_follow_up(heard: Heard, talk: Talk) -> bool:
    """Whether the message leans on what was answered last."""
    return bool(talk.answer) and heard.words <= MIDDLE and bool(heard.kind) and heard.sure >= KIND


def shares(heard: Heard, talk: Talk) -> dict[str, float]:
    """How likely each question is what is asked, the likeliest first."""
    found = dict(heard.asked)
    for clause in heard.clauses:
        for name, share in clause.items():
            if not name.startswith("talk/"):
                found[name] = max(found.get(name, 0.0), OF_CLAUSE * share)
    if is_follow_up(heard, talk) and heard.kind == "correct":
        found.pop(talk.answer, None)
    topic, sure = max(heard.topics.items(), key=lambda one: one[1], default=("", 0.0))
    about = max((share for name, share in found.items() if name not in POLITE), default=0.0)
    if topic not in SOFT | ACTS and sure >= ABOUT:
        found = _without(found, POLITE)
    if heard.words > GREETING and (about >= LIKELY or heard.asks):
        found = _without(found, {"talk/greet_back"})
    if topic == NOT_READY and sure >= PLAIN_TOPIC:  # "not now" is not told that they may tell
        found = {name: share for name, share in found.items() if name.partition("/")[0] in {NOT_READY, "talk"}}
    leans = is_follow_up(heard, talk) and OF_KIND.get(heard.kind) != topic
    plain = topic not in SOFT | ACTS and sure >= PLAIN_TOPIC and not leans
    if plain and max(found.values(), default=0.0) < OVER_TOPIC:
        found = {name: share for name, share in found.items() if name.partition("/")[0] == topic}
    for name, share in found.items():
        question = questions().get(name)
        theirs = question is None or {"any", talk.role} & question.roles or _near(talk.role, question.roles)
        found[name] = share if theirs else share * (NOT_AT_ALL_THEIRS if _is_known(heard, talk) else NOT_THEIRS)
    return dict(sorted(_trusting(found, heard, talk).items(), key=lambda one: -one[1]))


def _trusting(found: Mapping[str, float], heard: Heard, talk: Talk) -> dict[str, float]:
    """The shares where the reading in the light of what was said before is sure: that one is the likeliest then."""
    best, sure = max(heard.in_light.items(), key=lambda one: one[1], default=("", 0.0))
    again = best == talk.answer and is_follow_up(heard, talk) and heard.kind == "correct"
    enough = SURELY_TRUSTED if _is_plain(heard) else TRUSTED
    if not heard.asks or sure < enough or best in POLITE or again:
        return dict(found)
    return {**found, best: max(sure, *found.values(), 0.0)}


def _without(found: Mapping[str, float], names: Collection[str]) -> dict[str, float]:
    """The shares without those of ``names``, which go to the others: who greets and asks, asks no less for that."""
    left = 1 - sum(found.get(name, 0.0) for name in names)
    return {name: share / max(left, LIKELY) for name, share in found.items() if name not in names}


def _is_known(heard: Heard, talk: Talk) -> bool:
    """Whether who writes has said that it is about themselves, or about somebody else."""
    told = (*talk.told, *heard.told)
    tells = heard.tells and not any(fact.startswith("is_") for fact in told)
    return tells or talk.role != "self" or any(not fact.startswith(("is_", "wants_")) for fact in told)


def _near(role: str, roles: frozenset[str]) -> bool:
    """Friends and neighbours ask alike, and so do those who meet victims at work."""
    beside = {"relative": {"bystander"}, "bystander": {"relative"}, "professional": {"police", "bystander"}}
    return bool(beside.get(role, set()) & roles)


SOFT = frozenset({"", "greet", "thanks", "goodbye", "affirm", "deny", "out_of_scope", "not_understood", "not_ready",
                  "nlu_fallback"})  # fmt: skip
"""Topics that say nothing of what is asked."""
NOT_READY = "not_ready"
ABOUT, PLAIN_TOPIC, OVER_TOPIC = 0.6, 0.95, 0.8
"""From which share of a topic nobody merely greets; from which a question elsewhere must be likelier than the last."""
OF_KIND = {"cost": "cost", "duration": "duration"}
"""Kinds of follow-up that are topics too: the message may be about the topic itself."""
ACTS = frozenset({"talk_to_human", "delete_my_data", "change_language"})
"""Topics that do something: a question must be likelier to win over them."""
OVER_ACTS, SURE_ACT, SURE_STORY = 0.7, 0.9, 0.9
UNSURE = 0.5
"""Below it, who rather tells than asks is heard: of the answers that readers saw there one in three fitted, of what was
heard seven in ten."""
SPOKEN = ("change_language", "talk/speak_my_language")
"""A topic that does something, and the question of the same words that only asks."""
DONE = frozenset({"delete_my_data/how_to_delete", "talk_to_human/what_happens"})
"""Questions that doing it answers better than words."""


def is_story(heard: Heard, talk: Talk) -> bool:
    """Whether somebody tells, or answers, without asking, and no answer fits by a wide margin: then it is heard, and
    not answered."""
    topic, sure = max(heard.topics.items(), key=lambda one: one[1], default=("", 0.0))
    best, share = next(iter(shares(heard, talk).items()), ("", 0.0))
    says = heard.tells or heard.may_tell or (topic == "greet" and bool(talk.said))
    if not says or heard.asks or (is_follow_up(heard, talk) and heard.kind in STEERS):
        return _hardly_asks(heard, talk, topic, best)
    if topic == NOT_READY and sure >= PLAIN_TOPIC:
        return False
    if topic == "greet" and talk.said and share < LIKELY:  # "hmm" in the middle is no hello
        return True
    if not heard.tells:
        return share < UNSURE and not (topic in ACTS and (heard.wants or topic == SPOKEN[0]))
    return share < _enough_for_a_story(heard, best)


def _hardly_asks(heard: Heard, talk: Talk, topic: str, best: str) -> bool:
    """Whether a message hardly asks, and neither a question nor a topic is near to it."""
    hardly = heard.asks and heard.asking < SURELY_ASKS and heard.words >= SAID_MUCH and _is_far(heard, best)
    return hardly and topic not in ACTS and not _is_plain(heard) and not is_follow_up(heard, talk)


def _enough_for_a_story(heard: Heard, best: str) -> float:
    """The share from which a question is answered to who tells and asks nothing."""
    if best.startswith("talk/"):
        return SMALL_STORY
    question = questions().get(best)
    introduces = any(fact.startswith("is_") for fact in heard.told)
    theirs = introduces and question is not None and not {"any", "self"} & question.roles
    return OF_ROLE if theirs else STORY


STEERS = frozenset({"correct", "simpler", "again", "no_thanks", "yes_please"})
"""Kinds of follow-up that want something else of the program, though they ask nothing."""


def wins(heard: Heard, talk: Talk, topic: str, confidence: float) -> bool:
    """Whether a question is answered, or a story heard, in place of what the topic of the message would do."""
    told = topic not in ACTS or confidence < SURE_STORY or not (heard.wants or topic == SPOKEN[0])
    if is_story(heard, talk) and told:
        return topic not in {"affirm", "deny"} or bool(talk.asked)
    choice = choose(heard, talk)
    if choice is None:
        return False
    share = shares(heard, talk).get(choice.answer, 0.0)
    # "Delete everything" is done, "what do you keep?" is answered. Who names a language nearly always wants it.
    wanted = heard.wants or (topic == SPOKEN[0] and share < OVER_ACTS)
    if topic in ACTS and (wanted or (topic, choice.answer) == SPOKEN):
        if (topic, choice.answer) == SPOKEN:  # "and do they understand Bulgarian?" is no wish for another language
            return heard.asks and share >= ANSWERS
        plain = choice.answer not in DONE and choice.answer.partition("/")[0] != "talk"
        return heard.asks and share >= OVER_ACTS and plain and confidence < SURE_ACT
    if topic in {"affirm", "deny"}:  # they answer what was asked, unless they ask: "is that true?"
        return (heard.asks and choice.answer not in POLITE) or (heard.words > MOST_OF_YES and share >= LIKELY)
    return True


MOST_OF_YES = 3
"""Words of a yes or a no; longer ones say something else as well."""


def choose(heard: Heard, talk: Talk) -> Choice | None:
    """The answer to a message; None where no question is likely enough, so that its topic decides."""
    found = shares(heard, talk)
    if is_follow_up(heard, talk) and heard.kind in SIMPLER and not _stands_alone(heard):
        again = _again(talk)
        if again is not None:
            return again
    best = next(iter(found), "")
    share = found.get(best, 0.0)
    about = max(heard.topics.items(), key=lambda one: one[1], default=("", 0.0))[0]
    if share < LIKELY and about and OF_KIND.get(heard.kind) == about:
        return None  # the topic's overview answers, not the last answer's topic
    # "how can I report this" is no how of what was answered last
    leans = is_follow_up(heard, talk) and heard.kind in MISSING and not _names_another(heard, talk)
    if share < (ANSWERS if leans and heard.sure >= PLAIN else LIKELY):  # "are you sure?" is asked of the last answer
        return _by_table(heard, talk) if leans else None
    if not leans and _is_beyond(heard, best):
        return None if _is_all_of_a_topic(heard, talk) else beyond(heard, talk)
    if share < SURE_OF_QUESTION and heard.asks and not heard.tells and not leans and not _is_plain(heard):
        return guess(heard, talk) or replace(_said(best, found, talk), ack=acknowledgement(heard, talk, best))
    choice = replace(_said(best, found, talk), ack=in_front(heard, talk, best))
    also = [name for name in apart(heard) if name.partition("/")[0] != best.partition("/")[0]]
    return replace(choice, offers=tuple(dict.fromkeys([*also, *choice.offers]))[:2]) if also else choice


def _names_another(heard: Heard, talk: Talk) -> bool:
    """Whether the words alone are plainly about another topic than what was answered last."""
    topic, sure = max(heard.topics.items(), key=lambda one: one[1], default=("", 0.0))
    return topic not in SOFT | ACTS and sure >= PLAIN_TOPIC and topic != talk.answer.partition("/")[0]


def _is_plain(heard: Heard) -> bool:
    """Whether the topic of a message is plain, though not what is asked of it."""
    topic, sure = max(heard.topics.items(), key=lambda one: one[1], default=("", 0.0))
    return topic not in SOFT | ACTS and sure >= ABOUT


def guess(heard: Heard, talk: Talk) -> Choice | None:
    """The likeliest answer to a question that may be another one, with words in front that say so, and what else may
    have been meant as buttons: who asks gets something to hold on to, and not a list to choose from. None where nothing
    is likely enough, or it was said already."""
    found = shares(heard, talk)
    likeliest = [name for name in found if not name.startswith("talk/") and not talk.times(f"answer.{name}")]
    if not heard.asks or not likeliest or found[likeliest[0]] < GUESSED:
        return None
    if _is_beyond(heard, likeliest[0]):
        return beyond(heard, talk)
    best, *others = likeliest[: 1 + WHICH]
    return Choice(best, ack=f"unsure.{'ab'[talk.times('unsure') % 2]}", offers=tuple(others))


def _is_beyond(heard: Heard, best: str) -> bool:
    """Whether the likeliest answer is none to what is asked, in the light of what was said before."""
    return heard.asks and not heard.tells and heard.asking >= SURELY_ASKS and _is_far(heard, best)


def _is_all_of_a_topic(heard: Heard, talk: Talk) -> bool:
    """Whether a message is plainly about a topic as a whole, of which its overview was not said yet."""
    topic, sure = max(heard.topics.items(), key=lambda one: one[1], default=("", 0.0))
    sure = max(sure, heard.topics_of_clauses.get(topic, 0.0))
    return topic not in SOFT | ACTS and sure >= ALL_OF_A_TOPIC and not talk.times(f"answer.{topic}")


def _is_far(heard: Heard, best: str) -> bool:
    """Whether a question is hardly what is meant, in the light of what was said before, nor by a clause."""
    of_talk = best.partition("/")[0] == "talk" or best in apart(heard)
    return bool(heard.in_light) and not of_talk and heard.in_light.get(best, 0.0) < BEYOND


def beyond(heard: Heard, talk: Talk) -> Choice:
    """That the program does not know, and who does, with the two questions that are nearest as buttons."""
    topic, sure = max(heard.topics.items(), key=lambda one: one[1], default=("", 0.0))
    of_topic = groups(FIELDS).get(topic) if sure >= ABOUT else None
    group, share = (of_topic, sure) if of_topic else group_of(heard, FIELDS)
    group = f"beyond.{group}"
    if share < FIELD or talk.times(group) >= len(WORDINGS):
        group = "beyond.general"
    letter = LETTERS[talk.times(group) % (len(LETTERS) if group == "beyond.general" else len(WORDINGS))]
    near = [name for name in shares(heard, talk) if name[:5] != "talk/" and not talk.times(f"answer.{name}")]
    return Choice(key=f"{group}.{letter}", offers=tuple(near[:WHICH]))


def apart(heard: Heard) -> list[str]:
    """What the clauses of a message surely ask, under each topic the first: what is not answered is a button."""
    surest = (max(clause.items(), key=lambda one: one[1], default=("", 0.0)) for clause in heard.clauses)
    by_topic: dict[str, str] = {}
    for name, share in surest:
        if share >= SURE_CLAUSE and not name.startswith("talk/"):
            by_topic.setdefault(name.partition("/")[0], name)
    return list(by_topic.values())


def under(topics: Collection[str], heard: Heard, talk: Talk) -> list[str]:
    """For each of the topics that a message asks about, the question under it that one of its clauses surely asks and
    that was not answered yet; else the topic."""
    surely = {name.partition("/")[0]: name for name in apart(heard) if not talk.times(f"answer.{name}")}
    return [surely.get(topic, topic) for topic in topics]


def _stands_alone(heard: Heard) -> bool:
    """Whether a message surely asks something by itself, and is no small talk."""
    return max((share for name, share in heard.asked.items() if not name.startswith("talk/")), default=0.0) >= 0.6


def _again(talk: Talk) -> Choice | None:
    """The last answer in other words; None where these were said too, or there are none."""
    if talk.answer not in questions() or talk.times(f"short.{talk.answer}"):
        return None
    return Choice(talk.answer, short=True, offers=next_of(talk.answer, talk))


def _by_table(heard: Heard, talk: Talk) -> Choice:
    """What answers a follow-up of its kind under the topic of the last answer, or that it is not known."""
    answered = cell(talk.answer, heard.kind)
    if answered is not None and not talk.times(f"answer.{answered}"):
        return Choice(answered, offers=next_of(answered, talk))
    return Choice(key=f"unknown.{heard.kind}", offers=next_of(talk.answer, talk))


def _said(best: str, found: Mapping[str, float], talk: Talk) -> Choice:
    """The answer, said otherwise the second time; after that the next likely one, or that there is no more to say."""
    if not talk.times(f"answer.{best}"):
        return Choice(best, offers=beside(best, found, talk))
    if not talk.times(f"short.{best}"):
        return Choice(best, short=True, offers=next_of(best, talk))
    for name, share in found.items():
        if share >= OFFERED and not talk.times(f"answer.{name}") and name.partition("/")[0] not in {"talk", "beside"}:
            return Choice(name, offers=next_of(name, talk))
    return Choice(key="said_already", offers=next_of(best, talk))


def beside(best: str, found: Mapping[str, float], talk: Talk) -> tuple[str, ...]:
    """The buttons below an answer: what else may have been meant, where that is not plain, and what people ask next."""
    others = [
        name
        for name, share in found.items()
        if name != best and share >= OFFERED and not talk.times(f"answer.{name}") and not name.startswith("talk/")
    ]
    meant = others if found.get(best, 0.0) < PLAIN else []
    return tuple(dict.fromkeys([*meant[:2], *next_of(best, talk)]))[:2]


def likely(found: Mapping[str, float], talk: Talk) -> tuple[str, ...]:
    """What may be of use to somebody who told something: two at most, for buttons."""
    return tuple(name for name, share in found.items() if share >= OFFERED and not name.startswith("talk/")
                 and not talk.times(f"answer.{name}"))[:2]  # fmt: skip


def next_of(name: str, talk: Talk) -> tuple[str, ...]:
    """What people ask next, without what was answered: two at most, for buttons."""
    question = questions().get(name)
    likely = question.next if question else ()
    return tuple(one for one in likely if one != PERSON and not talk.times(f"answer.{one}"))[:2]


def acknowledgement(heard: Heard, talk: Talk, answer: str = "") -> str:
    """What is said first: that a feeling, or a fact, was heard. Nothing twice, and nothing before small talk, which is
    about the feeling itself."""
    if answer.startswith("talk/"):
        return ""
    if heard.feeling and heard.felt >= FEELING and (times := talk.times(f"feelings.{heard.feeling}")) < 2:
        return f"feelings.{heard.feeling}.{'ab'[times]}"
    fresh = [fact for fact in heard.certain if fact in ACKNOWLEDGED and not talk.times(f"told.{fact}")]
    if _may_be_of_others(heard, talk):  # a nurse whose patient has no papers is not told "you have no papers"
        fresh = [fact for fact in fresh if fact.startswith("is_")]
    return f"told.{fresh[0]}.a" if fresh else ""


def _may_be_of_others(heard: Heard, talk: Talk) -> bool:
    """Whether who writes may be writing about somebody else."""
    return talk.role != "self" or talk.about > MAY_BE_OTHERS or any(fact.startswith("is_") for fact in heard.told)


def in_front(heard: Heard, talk: Talk, answer: str) -> str:
    """What is said in front of an answer: who tells is heard as well, and not only given a rule."""
    known = acknowledgement(heard, talk, answer)
    if not known and _is_said_to_them(talk, answer):
        return f"of_others.{LETTERS[talk.times('of_others')]}"
    tells = (heard.tells or heard.may_tell) and not heard.asks and heard.words >= SAID_MUCH and answer[:5] != "talk/"
    again = talk.times("heard") >= len(HEARD["heard"])
    return known if known or not tells or again else heard_as(replace(heard, heavy=False), talk)


def _is_said_to_them(talk: Talk, answer: str) -> bool:
    """Whether an answer says "you" to the person in trouble, and somebody else has asked. Said three times at most."""
    question = questions().get(answer)
    for_role = question is not None and talk.role in question.roles
    theirs = answer.partition("/")[0] in OF_VICTIMS and answer not in OF_EVERYBODY
    return talk.of_others and theirs and not for_role and talk.times("of_others") < len(LETTERS)


OF_VICTIMS = frozenset({
    "victim_status", "reflection_period", "residence_permit", "no_papers", "documents_taken", "unpaid_wages", "debt",
    "court", "compensation", "non_punishment", "right_to_work", "eu_citizen", "return_home", "shelter", "medical_care",
    "money_support", "family_safety", "sexual_exploitation", "domestic_work", "minor", "am_i_a_victim", "legal_aid",
})  # fmt: skip
"""Topics whose answers speak to the person in trouble."""
OF_EVERYBODY = frozenset({
    "am_i_a_victim/what_it_means", "am_i_a_victim/who_decides", "victim_status/for_my_client", "legal_aid/how_to_find",
    "unpaid_wages/fair_pay", "unpaid_wages/inspectorate", "minor/worried_about_child", "minor/call_child_focus",
    "victim_status/what_it_means", "unpaid_wages/who_helps",
})  # fmt: skip
"""Answers under these that hold for whoever asks."""

OF_WITNESSES = frozenset({"saw_signs", "saw_minor", "not_to_meddle", "other_silent"})
"""Themes whose words thank somebody who saw something; who tells of themselves must not read them."""
HEARD = {"denied": "ab", "heavy": "abcd", "heard": "abcd"}
"""Wordings of that something was heard: that is not so, that may be about danger, anything else."""


def heard_as(heard: Heard, talk: Talk) -> str:
    """The key of what is said first to a story: of a feeling, a fact or a theme, or that it was heard."""
    known = acknowledgement(heard, talk)
    if known:
        return known
    theme, share = heard.theme, heard.of_theme
    if share < THEME:
        theme, near = group_of(heard, THEMES)
        share = THEME if near >= NEAR_THEME else 0.0
    if theme in OF_WITNESSES and not _may_be_of_others(heard, talk):
        share = 0.0
    if share >= THEME and (times := talk.times(f"themes.{theme}")) < len(WORDINGS):
        return f"themes.{theme}.{WORDINGS[times]}"
    group = "heavy" if heard.heavy else "heard"
    if heard.denies and talk.times("denied") < len(HEARD["denied"]):
        group = "denied"
    return f"{group}.{HEARD[group][talk.times(group) % len(HEARD[group])]}"


ACKNOWLEDGED = frozenset({
    "documents_kept", "not_paid", "paid_too_little", "long_hours", "debt", "controlled", "sleeps_at_work", "isolated",
    "threatened", "hit", "bad_conditions", "sells_sex_forced", "forced_crime", "under_18", "children_with_me",
    "pregnant", "phone_watched", "no_papers", "asked_asylum", "ill", "homeless", "wants_to_leave",
    "wants_home_country", "wants_nothing_yet", "no_police_wish", "no_call_wish", "family_not_told", "safe_times",
    "is_neighbour", "is_friend", "is_nurse", "is_teacher", "is_employer", "is_sex_client",
})  # fmt: skip

GENTLE = (
    ("who_has_papers", frozenset({"not_paid", "debt"}), frozenset({"documents_kept", "no_papers"})),
    ("can_go_out", frozenset({"documents_kept", "sleeps_at_work"}), frozenset({"controlled", "isolated"})),
    ("safe_to_sleep", frozenset({"homeless", "wants_to_leave"}), frozenset({"sleeps_at_work"})),
)
"""The gentle question after a story: the first that was not asked yet, and of which something was told (the first set),
and not the answer already (the second)."""
FEW = 2
"""Words of a message below which nothing was told, unless it surely tells."""
BAD_WORK = frozenset({"not_paid", "paid_too_little", "bad_conditions"})
"""After one of these it is asked whether others are in the same situation."""
OF_ANYBODY = ("worry", "others", "what_wish", "more")
OF_OTHERS = ("need", "more")
"""What is asked after these, each in both wordings: who writes about themselves, and who writes about somebody else.
Who was heard and asked nothing was content with one reply in six; with one of these, in five of six. How long it has
been so, or who knows of it, was asked and fitted worse: it was said already, or had nothing to do with it."""
WORDINGS, LETTERS = "ab", "abc"
"""The wordings of most texts, and of those that have three."""
SAID_MUCH = 6
"""Words from which on somebody has told something: what they saw, or what is done to them."""
MAY_BE_OTHERS = 0.0
"""Log odds from which on what was told may be of somebody else: a neighbour is not told "you sleep where you work"."""
THEIR_OWN = -0.7
"""Log odds from which on down people surely write about themselves: "can you go out?" is for them alone."""


AFTER_THEME = {
    "anything_kept": frozenset({
        "promised_other", "pay_low", "pay_missing", "pay_cut", "pay_back", "on_paper", "money_to_others", "cheated",
        "boss_gone",
    }),
    "doctor_seen": frozenset({"injury", "ill"}),
    "how_now": frozenset({"worn_out", "bad_nights", "got_away", "sad"}),
    "last_contact": frozenset({"out_of_reach"}),
    "since_when": frozenset({
        "how_it_began", "work_for_own_people", "basics_missing", "daily_target", "humiliated", "never_alone",
        "moved_around",
    }),
    "need": frozenset({
        "background", "somebody_helps", "calm_moment", "waiting", "not_taken_seriously", "saw_signs", "saw_minor",
        "has_proof",
    }),
    "worry": frozenset({
        "provides_for_family", "shame_family", "family_far", "child_worry", "fear_of_losing", "guilt",
    }),
    "more": frozenset({"kind_exploiter", "love_loyal", "unsure_if_counts", "humour", "good_news", "plan"}),
}  # fmt: skip
"""The gentle question that fits what is told by its theme, once; readers saw the general ones fit worse there."""


def gentle(talk: Talk, heard: Heard) -> str | None:
    """One question for somebody who told something and asked nothing, with the letter of its wording; None when enough
    was asked. As long as it is not plain whom it is about, only what can be asked of anybody."""
    told = {*heard.told, *talk.told}
    others = talk.role != "self"
    for name, after, answered in () if others or talk.about > THEIR_OWN else GENTLE:
        if after & told and not answered & told and not talk.times(f"gentle.{name}"):
            return f"{name}.a"
    if heard.of_theme >= THEME:
        for name, themes in AFTER_THEME.items():
            if heard.theme in themes and not talk.times(f"gentle.{name}"):
                return f"{name}.a"
    nothing = heard.denies or (heard.words < FEW and not (heard.tells or heard.may_tell))
    asked = ("more",) if nothing else OF_OTHERS if others else OF_ANYBODY  # after "all is well", or "hmm", no worry
    if not BAD_WORK & {*heard.told} or talk.about > THEIR_OWN:
        asked = tuple(name for name in asked if name != "others")
    for number, letter in enumerate(WORDINGS):
        for name in asked:
            if talk.times(f"gentle.{name}") == number:
                return f"{name}.{letter}"
    return None


def together(own: Mapping[str, float], seen: Mapping[str, float]) -> dict[str, float]:
    """The questions of a message by both readings: by itself beside what was said before, and as one with it. What one
    of them does not rank is hardly meant."""
    if not own or not seen:
        return dict(own or seen)
    both = {
        name: (own.get(name, UNRANKED) * seen.get(name, UNRANKED)) ** SHARPNESS
        for name in dict.fromkeys([*own, *seen])
    }
    return {name: share / sum(both.values()) for name, share in both.items()}


OF_ASKED = 0.6
"""The least that is left of the shares of a message that asks, though no answer may fit it."""
UNRANKED, SHARPNESS = 0.004, 0.6
"""The share of a question that is not among those told on, and the power by which a share is what it says: chosen on
conversations of `data/talks` that were left out."""


def heard_of(message: Mapping[str, Any]) -> Heard:
    """What the channel sends along with a message."""
    acts = message.get("acts") or {}
    kind, sure = (acts.get("follow_up") or ["", 0.0])[:2]
    feeling, felt = (acts.get("feeling") or ["", 0.0])[:2]
    theme, of_theme = (acts.get("theme") or ["", 0.0])[:2]
    something = max(1 - float(acts.get("nothing") or 0.0), OF_ASKED if acts.get("asks") else 0.0)
    asked = together(dict(message.get("questions") or {}), dict(acts.get("asked") or {}))
    clauses = [dict(one) for one in message.get("clause_questions") or ()]
    of_clauses: dict[str, float] = {}
    for best, *_ in message.get("clauses") or message.get("parts") or ():
        of_clauses[str(best["name"])] = max(float(best["confidence"]), of_clauses.get(str(best["name"]), 0.0))
    return Heard(
        words=int(acts.get("words", 0)),
        asked={name: share * something for name, share in asked.items()},
        clauses=tuple({name: share * something for name, share in one.items()} for one in clauses),
        kind=kind,
        sure=sure,
        asks=bool(acts.get("asks")),
        asking=float(acts.get("asking", 1.0)),
        denies=bool(acts.get("denies")),
        heavy=bool(acts.get("heavy")),
        tells=bool(acts.get("tells")),
        may_tell=bool(acts.get("may_tell")),
        wants=bool(acts.get("wants", True)),
        told=tuple(acts.get("told") or ()),
        certain=tuple(acts.get("certain") or ()),
        feeling=feeling,
        felt=felt,
        topics={str(one["name"]): float(one["confidence"]) for one in message.get("intent_ranking") or ()},
        topics_of_clauses=of_clauses,
        in_light=dict(acts.get("asked") or {}),
        theme=theme,
        of_theme=of_theme,
    )


def talk_of(message: Mapping[str, Any]) -> Talk:
    """The state of the conversation that came with it."""
    talk = message.get("talk") or {}
    return Talk(
        answer=str(talk.get("answer") or ""),
        said=dict(talk.get("said") or {}),
        told=tuple(talk.get("told") or ()),
        role=str(talk.get("role") or "self"),
        about=float(talk.get("about") or 0.0),
        of_others=bool(talk.get("of_others")),
        asked=str(talk.get("asked") or ""),
        waiting=bool(talk.get("waiting")),
    )
