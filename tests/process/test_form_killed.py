"""A half-done form, and a question with yes and no, survive the engine's death and the gateway's: the next answer still
belongs to its question.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content import Catalogue
from tests.support.gateway import Visitor, running, wait_for
from tests.support.ports import free_port

pytestmark = pytest.mark.night


def last(visitor: Visitor, after: int) -> str:
    text: str = visitor.wait_for_answer(after)[-1]["text"]
    return text


def test_the_self_check_goes_on_after_the_engine_and_the_gateway_were_killed(tmp_path: Path, words: Catalogue) -> None:
    human = words.topic_label("talk_to_human", "nl")
    with running(tmp_path, free_port()) as gateway:
        visitor = Visitor(gateway.url, "nl")
        visitor.ask("ben ik eigenlijk wel slachtoffer of stel ik me aan")
        seq = visitor.choose(words.label("choices.start_self_check", "nl"))
        wait_for("both messages", lambda: len(visitor.wait_for_answer(seq)) == 2)
        assert last(visitor, visitor.write("ja")) == words.say("self_check.contacts", "nl")

        starts = gateway.engine_starts()
        with gateway.without_engine():
            said = visitor.wait_for_answer(visitor.write("ja"))
        assert [m["text"] for m in said] == [words.say("forms.not_now", "nl"), words.say("engine_down", "nl")]
        gateway.wait_for_engine(times=starts + 1)
        assert last(visitor, visitor.write("ja")) == words.say("self_check.conditions", "nl")

        coming, leaving, staying = (Visitor(gateway.url, "nl") for _ in range(3))
        assert last(coming, coming.choose(human)) == words.say("handoff.offer", "nl")
        for person in (leaving, staying):
            assert last(person, person.write("verwijder dit gesprek")) == words.say("forget.question", "nl")

        starts = gateway.engine_starts()
        gateway.kill()
        gateway.start(engine=False)
        gateway.wait_for_engine(times=starts + 1)
        assert last(visitor, visitor.write("nee, wacht")) == words.say("self_check.contacts", "nl")
        assert last(visitor, visitor.write("weet ik niet")) == words.say("self_check.conditions", "nl")

        # So does a yes or a no in words to the question that stood; what is deleted is asked once more, after so long.
        assert coming.wait_for_answer(coming.write("ja"))[0]["from"] == "system"
        assert last(staying, staying.write("nee")) == words.say("forget.cancelled", "nl")
        assert last(leaving, leaving.write("ja")) == words.say("forget.question", "nl")
        leaving.write("ja")
        wait_for("it is deleted", lambda: leaving.http.get("/api/messages").status_code == 401)
