"""What people wrote in every language, a caseworker reads in theirs: what was pressed, what the bot said, the cards."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot import content
from bot.content.catalogue import SEVERAL
from bot.domain.model import Message, Outgoing, Sender, Urgency
from bot.domain.return_code_message import with_code
from bot.domain.speaker import Speaker
from bot.web.desk.own_language import OwnWords
from tests.support.office import Office, Visitor

SIGNALS = ("confined", "weapon", "discovered", "child_at_risk", "witnessed_now", "suicide_risk", "violence_now")


def stands(said: Outgoing) -> Message:
    """`said`, in a conversation."""
    return Message(1, said.sender, said.text, datetime.now(UTC), said.choices, said.urgency, said.key)


async def press(person: Visitor, label: str) -> None:
    tokens = [
        choice["token"]
        for message in await person.messages()
        for choice in message["choices"]  # type: ignore[attr-defined]
        if choice["label"] == label
    ]
    body = {"id": str(uuid4()), "choice": tokens[-1]}
    answer = await person.http.post("/api/choices", json=body, headers=person.headers)
    assert answer.status_code == 202, answer.text


async def read(noor: httpx.AsyncClient, case: int, lang: str) -> list[dict[str, Any]]:
    await noor.post(f"/desk/api/cases/{case}/claim")
    answer = await noor.get(f"/desk/api/cases/{case}/messages", params={"lang": lang})
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


@pytest.mark.parametrize(("theirs", "ours"), [("ro", "nl"), ("ar", "fr"), ("uk", "en")])
async def test_what_was_pressed_is_read_in_the_caseworkers_language(office: Office, theirs: str, ours: str) -> None:
    words = office.words
    noor = await office.caseworker("Noor")
    person, case = await office.emergency(theirs)
    await press(person, words.topic_label("about_us", theirs))
    await press(person, words.label("choices.safe", theirs))
    shown = await read(noor, case, ours)
    pressed = {m["text"]: m for m in shown if m.get("chosen")}
    assert pressed[words.topic_label("about_us", theirs)]["own"] == words.topic_label("about_us", ours)
    assert pressed[words.label("choices.safe", theirs)]["own"] == words.label("choices.safe", ours)
    [card] = [m for m in shown if m.get("key") == "safety.emergency"]
    assert card["own"] == words.card("emergency", ["confined"], ours).text
    assert card["own_choices"] == [words.label("choices.safe", ours), words.label("choices.language", ours)]
    [hello] = [m for m in shown if m.get("key") == "welcome"]
    assert hello["own"] == words.say("welcome", ours)
    [own_words] = [m for m in shown if m["from"] == "person" and not m.get("chosen")]
    assert "own" not in own_words, "a machine may translate it, and says so"


@pytest.mark.parametrize("path", ["looks", "exports"])
async def test_a_look_and_what_is_printed_say_it_in_the_readers_language_too(office: Office, path: str) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency("ro")
    await press(person, office.words.label("choices.safe", "ro"))
    [row] = (await noor.get("/desk/api/queue")).json()["cases"]
    body = {"number": row["number"], "reason": "supervision"} | ({"form": "page"} if path == "exports" else {})
    answer = await noor.post(f"/desk/api/{path}", params={"lang": "nl"}, json=body)
    [pressed] = [m for m in answer.json()["messages"] if m.get("chosen")]
    assert pressed["own"] == office.words.label("choices.safe", "nl")
    assert case == row["id"]


async def test_not_safe_is_read_as_not_safe(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, opened = await office.visitor("ro"), await office.store.create_conversation("ro")
    await office.store.say(opened.person, "q", Speaker(office.words, "ro").safety_question())
    person.headers = {"Authorization": f"Bearer {opened.token}"}
    await press(person, office.words.label("choices.unsafe", "ro"))
    [case] = await office.store.queue()
    shown = await read(noor, case.id, "nl")
    [pressed] = [m for m in shown if m.get("chosen")]
    assert pressed["own"] == office.words.label("choices.unsafe", "nl")
    [question] = [m for m in shown if m.get("key") == "safety.safety_question"]
    assert question["own"] == office.words.say("safety.safety_question", "nl")
    assert question["own_choices"] == [office.words.label(f"choices.{c}", "nl") for c in ("safe", "unsafe", "unsure")]


async def test_a_language_that_was_chosen_is_named_by_its_code(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency(None)
    await press(person, "Română")
    [pressed] = [m for m in await read(noor, case, "nl") if m.get("chosen")]
    assert (pressed["text"], pressed["speaks"]) == ("Română", "ro")
    assert "own" not in pressed


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.EMERGENCY])
def test_of_every_card_the_same_card_is_found(words: content.Catalogue, urgency: Urgency) -> None:
    own = OwnWords(words)
    some: list[tuple[str, ...]] = [(), *((signal,) for signal in SIGNALS), *pairwise(SIGNALS)]
    for signals in some:
        wanted = words.card(urgency.value, signals, "nl").text
        for language in words.languages:
            card = stands(Speaker(words, language.code).card(urgency, signals))
            found = own.of(card, "nl").get("own", card.text)
            assert found == wanted, (signals, language.code)


@pytest.mark.parametrize(("key", "lang"), [("centres.ask", "ar"), ("centres.no", "ro"), ("handoff.handed_over", "zh")])
def test_the_name_in_the_words_stays(words: content.Catalogue, key: str, lang: str) -> None:
    said = Speaker(words, lang).say(key, sender=Sender.SYSTEM, centre="PAG-ASA {x}")
    assert OwnWords(words).of(stands(said), "nl")["own"] == words.say(key, "nl", centre="PAG-ASA {x}")


def test_what_stands_in_several_languages_is_not_said_again(words: content.Catalogue) -> None:
    own, speaker = OwnWords(words), Speaker(words, SEVERAL)
    for said in (speaker.say("welcome"), speaker.card(Urgency.EMERGENCY, ("weapon",)), speaker.answer("shelter")):
        assert "own" not in own.of(stands(said), "fr")
    label = speaker.choice({"command": "safe"})
    chosen = Message(1, Sender.PERSON, label.label, datetime.now(UTC), choice=label.action)
    assert "own" not in own.of(chosen, "en")


def test_a_word_within_another_word_is_said(words: content.Catalogue) -> None:
    """ "Non" is French; the English "No" stands in it, and is nowhere to be read."""
    chosen = Message(1, Sender.PERSON, "Non", datetime.now(UTC), choice={"intent": "deny"})
    assert OwnWords(words).of(chosen, "en")["own"] == "No"


@pytest.mark.parametrize("key", ["no.such.words", "answer.no_such_topic", "centres.ask", "safety.gone"])
def test_words_that_are_no_more_cost_nothing(words: content.Catalogue, key: str) -> None:
    old = Outgoing(Sender.BOT, "Ceva de demult.", (), key=key)
    assert OwnWords(words).of(stands(old), "nl") == {}
    gone = Message(1, Sender.PERSON, "Ceva", datetime.now(UTC), choice={"intent": "no_such_topic"})
    assert OwnWords(words).of(gone, "nl") == {}


def test_of_a_new_return_code_nothing_is_said(words: content.Catalogue) -> None:
    said = with_code(Speaker(words, "ro").say("code.renewed", sender=Sender.SYSTEM), "apple pear")
    assert OwnWords(words).of(stands(said), "nl") == {}
