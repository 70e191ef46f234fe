"""The engine dies in the middle: danger, menu, handoff and desk go on, and it comes back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bot.content import Catalogue
from tests.support.caseworker import Caseworker, first
from tests.support.gateway import Gateway, Visitor, running, wait_for
from tests.support.ports import free_port

pytestmark = pytest.mark.night


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running(tmp_path_factory.mktemp("mortal"), free_port()) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def caseworker(mortal: Gateway) -> Caseworker:
    return first(mortal)


def test_everything_but_free_text_goes_on_while_the_engine_is_dead(
    mortal: Gateway, caseworker: Caseworker, words: Catalogue
) -> None:
    visitor = Visitor(mortal.url, "nl")
    assert visitor.ask("is het gratis")[0]["text"] == words.answer("cost", "nl").text
    offered = [asked_for_a_person(mortal, words) for _ in ("before it dies", "too")]
    leaving = [Visitor(mortal.url, "nl") for _ in ("presses yes", "says something else")]
    for person in leaving:
        assert person.ask("verwijder dit gesprek")[-1]["text"] == words.say("forget.question", "nl")
    starts = mortal.engine_starts()
    with mortal.without_engine():
        offered += [asked_for_a_person(mortal, words) for _ in ("by the menu", "too", "too")]
        plainly = asked_for_a_person(mortal, words)
        assert_waits(plainly, plainly.write("ja, graag!"))
        menu = visitor.ask("waar kan ik slapen")
        assert menu[0]["text"] == words.say("engine_down", "nl")
        seq = visitor.choose(words.topic_label("shelter", "nl"))
        assert visitor.wait_for_answer(seq)[0]["text"] == words.answer("shelter", "nl").text

        seq = visitor.write("hij heeft mij opgesloten en hij slaat mij")
        card = visitor.wait_for_answer(seq)[0]
        assert (card["from"], card["urgency"]) == ("system", "emergency")
        case = caseworker.wait_for_case(lambda c: c["urgency"] == "emergency")
        assert caseworker.claim(case["id"]).status_code == 200
        caseworker.reply(case["id"], "Ik ben er.")
        wait_for("the person reads it", lambda: [m for m in visitor.messages() if m["from"] == "caseworker"])
        caseworker.close(case["id"])
    assert mortal.engine_starts() == starts, "it was dead all the time"

    mortal.wait_for_engine(times=starts + 1)
    again = visitor.ask("is het gratis")
    assert again[0]["text"] == words.answer("cost", "nl").text

    # It remembers no question that was asked before; the yes and the no to it are not lost for that.
    before = len(caseworker.queue())
    yes, no = words.label("choices.yes", "nl"), words.label("choices.no", "nl")
    for person in offered[:1] + offered[2:3]:
        assert_waits(person, person.choose(yes))
    assert_waits(offered[3], offered[3].write("ja"))
    for person in offered[1:2] + offered[4:]:
        said = person.wait_for_answer(person.choose(no))
        assert [m["text"] for m in said] == [words.say("handoff.cancelled", "nl")]
    assert len(caseworker.queue()) == before + 3
    leaving[0].choose(yes)
    wait_for("it is deleted", lambda: leaving[0].http.get("/api/messages").status_code == 401)
    assert leaving[1].ask("hm")[-1]["text"] == words.say("forget.question", "nl")


def asked_for_a_person(house: Gateway, words: Catalogue) -> Visitor:
    """Somebody who is being asked whether a caseworker should come."""
    person = Visitor(house.url, "nl")
    said = person.wait_for_answer(person.choose(words.topic_label("talk_to_human", "nl")))
    assert said[0]["text"] == words.say("handoff.offer", "nl")
    return person


def assert_waits(person: Visitor, seq: int) -> None:
    """Message `seq` called a caseworker."""
    assert person.wait_for_answer(seq)[0]["from"] == "system"


def test_a_dead_action_server_is_started_again(mortal: Gateway, words: Catalogue) -> None:
    actions = [p for p in mortal.engine_processes() if any("actions_serve" in part for part in p.cmdline())]
    assert len(actions) == 1
    actions[0].kill()
    visitor = Visitor(mortal.url, "fr")

    def answered() -> bool:
        said = visitor.ask("est-ce que c'est gratuit")
        return bool(said[0]["text"] == words.answer("cost", "fr").text)

    wait_for("answers come again", answered, 90)


def test_the_engine_sees_no_secret_and_no_database(mortal: Gateway) -> None:
    allowed = {"PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "HOME", "INLOOP_ENCODER_DIR", "PYTHONUNBUFFERED", "LC_CTYPE"}
    processes = wait_for("both processes are there", lambda: len(found := mortal.engine_processes()) >= 2 and found)
    for process in processes:
        environment = process.environ()
        ours = {name for name in environment if name.startswith("INLOOP_")}
        assert ours <= {"INLOOP_ENCODER_DIR"}
        text = " ".join([*environment.values(), *process.cmdline()])
        assert str(mortal.folder / "data") not in text
        assert "sqlite" not in text and "postgresql" not in text
        assert not {n for n in environment if n.endswith(("SECRET", "TOKEN", "PASSWORD", "_KEY"))}, sorted(environment)
        assert allowed & set(environment)


def test_everything_listens_on_loopback_only(mortal: Gateway) -> None:
    assert mortal.process is not None
    listening = [
        (connection.laddr, process.cmdline())
        for process in [psutil.Process(mortal.process.pid), *mortal.children()]
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert mortal.port in {address.port for address, _ in listening} and len(listening) >= 3, "with the engine's two"
    assert [each for each in listening if each[0].ip not in {"127.0.0.1", "::1"}] == []


def test_who_comes_before_the_engine_does_is_answered_when_it_has(tmp_path: Path, words: Catalogue) -> None:
    # However slow the machine: what is tested is that it waits, not for how long.
    with running(tmp_path, free_port(), engine=False, env={"INLOOP_ENGINE_START_TIMEOUT": "120"}) as gateway:
        early = gateway.engine_starts() == 0
        visitor = Visitor(gateway.url, "nl")
        answer = visitor.wait_for_answer(visitor.write("is het gratis"), 120)
        assert early, "it was there before anybody could write"
        assert answer[0]["text"] == words.answer("cost", "nl").text


def test_an_engine_that_does_not_come_holds_up_no_danger_and_nobody_for_long(tmp_path: Path, words: Catalogue) -> None:
    with running(tmp_path, free_port(), engine=False) as gateway:
        wait_for("both processes are there", lambda: len(gateway.engine_processes()) >= 2)
        with gateway.without_engine():
            person, other = Visitor(gateway.url, "nl"), Visitor(gateway.url, "nl")
            question, asked = person.write("is het gratis"), other.write("waar kan ik slapen")
            card = person.wait_for_answer(person.write("hij heeft mij opgesloten en hij slaat mij"))[0]
            assert (card["from"], card["urgency"]) == ("system", "emergency")
            unsure = Visitor(gateway.url, "nl")
            safety = unsure.wait_for_answer(unsure.write("ik ben bang"))
            assert safety[0]["text"] == words.say("safety.safety_question", "nl")
            assert other.messages(asked) == [], "the question still waits"
            for each, after in ((person, question), (other, asked)):
                told = wait_for("it is told", lambda e=each, a=after: [m for m in e.messages(a) if m["from"] == "bot"])
                assert told[0]["text"] == words.say("engine_down", "nl")


def test_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    with running(tmp_path, free_port()) as gateway:
        family = gateway.children()
        assert len(family) >= 2
        assert gateway.stop() == 0
        _, alive = psutil.wait_procs(family, 5)
        assert not alive


def test_a_killed_gateway_leaves_no_engine_behind(tmp_path: Path) -> None:
    with running(tmp_path, free_port()) as gateway:
        family = gateway.children()
        gateway.kill()
        _, alive = psutil.wait_procs(family, 15)
        assert not alive
