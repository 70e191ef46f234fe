"""In danger no translation goes out unseen, whatever it is said to be; and the untranslated way stays open."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.process.translation.test_desk import LOCKED, Talk
from tests.support.caseworker import Caseworker
from tests.support.gateway import Gateway, wait_for

ORIGINAL = "Blijf waar je bent."


@pytest.fixture
def danger(translating: Gateway, colleague: Caseworker, words: Any) -> Talk:
    return Talk(translating, colleague, words, LOCKED)


def plain(talk: Talk, text: str) -> httpx.Response:
    return talk.post("messages", id=str(uuid4()), text=text)


def looked(talk: Talk, text: str, original: str = ORIGINAL) -> httpx.Response:
    was = {"text": original, "own": "nl", "looked": True}
    return talk.post("messages", id=str(uuid4()), text=text, translated=was)


def test_a_draft_is_no_untranslated_word(danger: Talk) -> None:
    draft = danger.ok("drafts", text=ORIGINAL, own="nl")["text"]
    others = danger.ok("drafts/alternatives", text=ORIGINAL, own="nl")["alternatives"]
    danger.ok("drafts/back", original=ORIGINAL, text="Rămâi acolo.", own="nl")
    before = len(danger.person.messages())
    same = (f" {draft} ", f"{draft.rstrip('.')}!", draft.upper())
    for text in (draft, *same, "Rămâi acolo.", *(other["text"] for other in others)):
        refused = plain(danger, text)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "look_first"), text
    assert len(danger.person.messages()) == before, "nothing was sent"
    assert looked(danger, draft).status_code == 202


def test_the_untranslated_way_stays_open(danger: Talk) -> None:
    """The words that were to be translated, and those that are the same in every language."""
    danger.ok("drafts", text=ORIGINAL, own="nl")
    for text in (ORIGINAL, "112", "Bel 0470 12 34 56"):
        assert plain(danger, text).status_code == 202, text
    same = danger.ok("drafts/back", original="0470 12 34 56", text="0470 12 34 56", own="nl")
    assert same["text"] == "0470 12 34 56" and plain(danger, same["text"]).status_code == 202


def test_a_draft_of_one_case_says_nothing_of_another(
    danger: Talk, translating: Gateway, colleague: Caseworker, words: Any
) -> None:
    draft = danger.ok("drafts", text=ORIGINAL, own="nl")["text"]
    assert plain(Talk(translating, colleague, words, LOCKED), draft).status_code == 202


def test_without_danger_it_is_as_it_was(translating: Gateway, colleague: Caseworker, words: Any) -> None:
    calm = Talk(translating, colleague, words, "Șeful meu are pașaportul meu.")
    draft = calm.ok("drafts", text=ORIGINAL, own="nl")["text"]
    assert plain(calm, draft).status_code == 202


def test_what_was_looked_at_in_one_language_was_not_in_another(
    translating: Gateway, colleague: Caseworker, words: Any
) -> None:
    """The person chooses another language between the look and the sending: then it is another translation."""
    talk = Talk(translating, colleague, words, LOCKED, language=None)

    def speaks(code: str) -> None:
        talk.person.choose(words.language(code).name)
        wait_for(code, lambda: [c for c in colleague.queue() if c["id"] == talk.case and c["language"] == code])

    speaks("ro")
    draft = talk.ok("drafts", text=ORIGINAL, own="nl")["text"]
    speaks("uk")
    refused = looked(talk, draft)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "look_first")
    speaks("ro")
    assert looked(talk, draft).status_code == 202
