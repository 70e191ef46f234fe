"""A person who writes Romanian and a caseworker who reads Dutch, over HTTP with a real gateway and real packages."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.process.test_canary import needles, search
from tests.support.caseworker import Caseworker, first
from tests.support.gateway import Gateway, Visitor, running, wait_for
from tests.support.ports import free_port

LOCKED = "Mă bate acum și ușa este încuiată, nu pot să ies, ajutor!"


class Talk:
    """A case that the caseworker has claimed, and its person."""

    def __init__(
        self, gateway: Gateway, colleague: Caseworker, words: Any, *written: str, language: str | None = "ro"
    ) -> None:
        """Written without danger, the person then asks for a human. Without a `language` a menu asks for it."""
        self.colleague, self.person = colleague, Visitor(gateway.url, language)
        before = {case["id"] for case in colleague.queue()}
        self.seqs = [self.person.write(text) for text in written]

        def waiting() -> Any:
            new = (case for case in colleague.queue() if case["id"] not in before)
            if (found := next(new, None)) is not None:
                return found
            labels = [choice["label"] for message in self.person.messages() for choice in message["choices"]]
            code = language or "mul"
            for label in (words.label("choices.yes", code), words.topic_label("talk_to_human", code)):
                if label in labels:
                    self.person.choose(label)
                    break
            return None

        self.case: int = wait_for("a case", waiting)["id"]
        assert colleague.claim(self.case).status_code == 200

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.colleague.http.post(f"/desk/api/cases/{self.case}/{path}", json=body)

    def ok(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.post(path, **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def read(self, seqs: list[int] | None = None, into: str = "nl") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ok("translations", seqs=seqs or self.seqs, into=into)["translations"]
        return found


@pytest.fixture
def talk(translating: Gateway, colleague: Caseworker, words: Any) -> Talk:
    return Talk(translating, colleague, words, "Șeful meu are pașaportul meu.", "Am 250 de euro și nu am acte.")


def test_the_person_is_read_in_dutch_with_the_way_it_went(talk: Talk) -> None:
    first_one, second = talk.read()
    assert first_one["text"] == "Mijn baas heeft mijn paspoort."
    assert (first_one["from"], first_one["via"]) == ("ro", ["ro", "en", "nl"])
    assert "250" in second["text"] and "numbers" not in second["doubts"]
    originals = [m["text"] for m in talk.colleague.read(talk.case) if m["from"] == "person"]
    assert originals[0] == "Șeful meu are pașaportul meu.", "the original is there by itself"


def test_only_the_persons_own_words_are_translated(talk: Talk) -> None:
    everything = [m["seq"] for m in talk.colleague.read(talk.case)]
    assert {reading["seq"] for reading in talk.read(everything)} == set(talk.seqs)


def test_a_reply_goes_out_translated_with_the_original_beside_it(talk: Talk) -> None:
    draft = talk.ok("drafts", text="Ik bel je om 14:30. Ben je alleen?", own="nl")
    assert draft["to"] == "ro"
    assert "14:30" in draft["text"]
    assert draft["back"]["text"].endswith("Ben je alleen?")
    sent = talk.post(
        "messages", id=str(uuid4()), text=draft["text"],
        translated={"text": "Ik bel je om 14:30. Ben je alleen?", "own": "nl"},
    )  # fmt: skip
    assert sent.status_code == 202
    shown = talk.person.messages()[-1]
    assert (shown["text"], shown["translated_from"]) == (draft["text"], "nl")
    assert shown["original"] == "Ik bel je om 14:30. Ben je alleen?"
    assert shown["doubtful"] is bool(draft["doubts"])
    own = talk.colleague.read(talk.case)[-1]
    assert own["translated"] == {
        "original": "Ik bel je om 14:30. Ben je alleen?", "from": "nl", "doubts": draft["doubts"],
    }  # fmt: skip


def test_what_a_caseworker_changed_is_checked_and_translated_back(talk: Talk) -> None:
    changed = talk.ok("drafts/back", original="Ik heb geen geld.", text="Am bani.", own="nl")
    assert "negation" in changed["doubts"]
    talk.post("messages", id=str(uuid4()), text="Am bani.", translated={"text": "Ik heb geen geld.", "own": "nl"})
    assert talk.person.messages()[-1]["doubtful"] is True


def test_alternatives_come_on_demand(talk: Talk) -> None:
    found = talk.ok("drafts/alternatives", text="Ik ben hier.", own="nl")["alternatives"]
    assert found[0]["text"] == "Sunt aici."
    assert len(found) > 1


def test_an_untranslated_reply_is_as_it_was(talk: Talk) -> None:
    talk.colleague.reply(talk.case, "Sunt aici.")
    shown = talk.person.messages()[-1]
    assert shown["text"] == "Sunt aici."
    assert not {"translated_from", "original", "doubtful"} & shown.keys()


def test_in_danger_a_translation_goes_out_only_after_its_back_translation(
    translating: Gateway, colleague: Caseworker, words: Any
) -> None:
    talk = Talk(translating, colleague, words, LOCKED)

    def send(text: str, looked: bool) -> httpx.Response:
        was = {"text": "Blijf waar je bent.", "own": "nl", "looked": looked}
        return talk.post("messages", id=str(uuid4()), text=text, translated=was)

    refused = send("Rămâi unde ești.", True)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "look_first"), "said, but never delivered"
    draft = talk.ok("drafts", text="Blijf waar je bent.", own="nl")
    assert send(draft["text"], False).status_code == 409
    assert send("Rămâi acolo.", True).status_code == 409, "another text than the one that was looked at"
    assert send(draft["text"], True).status_code == 202
    talk.colleague.reply(talk.case, "112")  # untranslated words never wait


def test_the_page_learns_what_can_be_translated(colleague: Caseworker) -> None:
    assert colleague.http.get("/desk/api/translation/nl").json() == {"languages": ["en", "ro"]}
    assert colleague.http.get("/desk/api/translation/fr").json() == {"languages": []}
    assert colleague.http.get("/desk/api/translation/xx").status_code == 422


def test_only_the_owner_reads_and_drafts(talk: Talk) -> None:
    talk.colleague.release(talk.case)
    for path, body in (
        ("translations", {"seqs": talk.seqs, "into": "nl"}),
        ("drafts", {"text": "Ja.", "own": "nl"}),
        ("drafts/back", {"original": "Ja.", "text": "Da.", "own": "nl"}),
        ("drafts/alternatives", {"text": "Ja.", "own": "nl"}),
    ):
        assert talk.post(path, **body).status_code == 409
    assert talk.colleague.claim(talk.case).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("translations", {"seqs": [0], "into": "nl"}, 422),
        ("translations", {"seqs": list(range(1, 60)), "into": "nl"}, 422),
        ("translations", {"seqs": [1], "into": "ro"}, 422),
        ("translations", {"seqs": ["1"], "into": "nl"}, 422),
        ("drafts", {"text": "", "own": "nl"}, 422),
        ("drafts", {"text": "x" * 5000, "own": "nl"}, 413),
        ("drafts", {"text": "Ja.", "own": "xx"}, 422),
        ("messages", {"id": "x", "text": "Da.", "translated": {"text": "Ja.", "own": "nl"}}, 422),
    ],
)
def test_what_is_malformed_is_refused(talk: Talk, path: str, body: dict[str, Any], status: int) -> None:
    assert talk.post(path, **body).status_code == status


def test_what_has_no_package_says_so_and_is_never_english(
    translating: Gateway, colleague: Caseworker, words: Any
) -> None:
    talk = Talk(translating, colleague, words, "Мій начальник забрав мій паспорт", language="uk")
    assert talk.read() == [{"seq": talk.seqs[0], "from": "uk", "missing": "missing"}]
    assert talk.ok("drafts", text="Ik ben hier.", own="nl") == {"missing": "missing"}
    assert talk.person.messages()[-1]["text"] == words.say("handoff.joined", "uk")


def test_a_killed_process_costs_one_translation_and_no_message(
    translating: Gateway, colleague: Caseworker, talk: Talk
) -> None:
    workers = [p for p in translating.children() if "bot.translation.engine.worker" in p.cmdline()]
    assert len(workers) == 1
    os.kill(workers[0].pid, signal.SIGKILL)
    psutil.wait_procs(workers, 5)
    new = talk.person.write("Mi-e frică.")
    assert colleague.read(talk.case)[-1]["text"] == "Mi-e frică.", "the original is there at once"
    found = wait_for("a translation", lambda: [r for r in talk.read([new]) if "text" in r])
    assert found[0]["text"] == "Ik ben bang."


def test_no_sentence_is_on_the_disk_or_in_the_log(packages: Path, tmp_path: Path, words: Any) -> None:
    """With the log at its loudest, the library told to be loud as well, and the process killed in between."""
    home = tmp_path / "home"
    home.mkdir()
    env = {
        "INLOOP_TRANSLATION_DIR": str(packages), "INLOOP_LOG_LEVEL": "DEBUG", "ARGOS_DEBUG": "1", "HOME": str(home),
        "TMPDIR": str(home), "CT2_VERBOSE": "3",
    }  # fmt: skip
    with running(tmp_path, free_port(), engine=False, env=env) as gateway:
        colleague = first(gateway)
        talk = Talk(gateway, colleague, words, "Quillonda are pașaportul meu sub scara verde.")
        made = talk.read()[0]["text"]
        draft = talk.ok("drafts", text="Quillonda is niet alleen op de groene trap.", own="nl")
        talk.ok("drafts/alternatives", text="Quillonda is niet alleen op de groene trap.", own="nl")
        workers = [p for p in gateway.children() if "bot.translation.engine.worker" in p.cmdline()]
        workers[0].kill()
        talk.read()
        texts = [made, draft["text"], draft["back"]["text"]] if draft["back"] else [made, draft["text"]]
        wanted = needles("Quillonda", "scara verde", "groene trap", *(t for t in texts if len(t) > 12))
        assert search(tmp_path, wanted) == []
        assert search(packages, wanted) == []
    assert search(tmp_path, wanted) == [], "after the end"
    assert not any("argos" in path.name.lower() for path in home.rglob("*"))
