"""Translating with real packages in a real process: through English, long, at once, killed, stopped, shut off."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from bot.cli.commands.up import settled
from bot.text.sentences import LONGEST, split
from bot.translation import Pool, Reason, Translator, Unavailable
from bot.translation.checks.checks import Doubt
from bot.translation.checks.reading import currencies, places
from bot.translation.checks.reading.lexicon import lexicons
from bot.translation.engine.pool import WAITING
from bot.translation.engine.worker import keep_to_one_core
from tests.support.cut_off import must_cut
from tests.support.gateway import ROOT

SENTENCES = {
    "Nu pot să ies afară.": "Ik kan niet naar buiten.",
    "Șeful meu are pașaportul meu.": "Mijn baas heeft mijn paspoort.",
    "Mi-e frică.": "Ik ben bang.",
}


@pytest.fixture
async def translator(packages: Path) -> AsyncIterator[Translator]:
    made = Translator(packages, Pool(1, 120, 1))
    yield made
    await made.close()


async def test_romanian_is_read_in_dutch_through_english(translator: Translator) -> None:
    for number, (ours, theirs) in enumerate(SENTENCES.items()):
        made = await translator.translate(ours, "ro", "nl", conversation=number)
        assert (made.text, made.via, made.doubts) == (theirs, ("ro", "en", "nl"), ())


class Heard:
    """In the place of the processes: notes the sentences, and gives them back as their translation."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    async def run(self, _: object, sentences: list[str], *__: object, **___: object) -> list[list[str]]:
        self.sentences += sentences
        return [[sentence] for sentence in sentences]

    async def close(self) -> None:
        """Nothing is open."""


async def test_ukrainian_in_latin_letters_is_translated_in_its_own(packages: Path, tmp_path: Path) -> None:
    """The packages have learned nothing else."""
    folder = tmp_path / "translate-uk_en-0_1"
    shutil.copytree(packages / "translate-ro_en-0_1", folder, ignore=shutil.ignore_patterns("inloop.json"))
    told = json.loads((folder / "metadata.json").read_text("utf-8"))
    (folder / "metadata.json").write_text(json.dumps(told | {"from_code": "uk"}), "utf-8")
    heard = Heard()
    translator = Translator(tmp_path, heard)  # type: ignore[arg-type]
    await translator.translate("Ya ne mozhu vyyty. Mij boss zabrav 300 euro.", "uk", "en", conversation=1)
    await translator.translate("Я тут.", "uk", "en", conversation=1)
    assert heard.sentences == ["я не можу вийти.", "мій босс забрав 300 еуро.", "Я тут."]


async def test_lines_numbers_and_signs_stay_where_they_are(translator: Translator) -> None:
    made = await translator.translate("Ja.\n\n  0470 12 34 56\n\n😀 👍\nIk ben bang.", "nl", "en", conversation=1)
    assert made.text == "Yes.\n\n  0470 12 34 56\n\n😀 👍\nI am afraid."


async def test_alternatives_are_different_and_checked(translator: Translator) -> None:
    found = await translator.alternatives("Ik heb 12 euro.", "nl", "ro")
    assert found[0].text == "Am 12 de euro."
    assert not found[0].doubts
    assert len({made.text for made in found}) == len(found) > 1
    assert any(made.doubts for made in found[1:]), "a number that is not 12 is marked"


async def test_a_long_text_is_cut_and_comes_back_whole(translator: Translator) -> None:
    text = " ".join(f"Ik heb {n} euro." for n in range(20, 140)) + " " + "bla " * 400
    made = await translator.translate(text, "nl", "en", conversation=1)
    assert "I have 21 euros." in made.text
    assert all(len(sentence) <= LONGEST for sentence in split(text).sentences)


@pytest.mark.parametrize(
    "text", ["هل أنت وحدك؟ أنا خائف. الباب مقفل!", "我不能出去。门锁了！你在哪里？", "Да. Нет! Кто?"]
)
async def test_every_script_is_cut_into_sentences_and_put_together_again(text: str) -> None:
    parts = split(text)
    assert len(parts.sentences) == 3
    assert parts.filled(parts.sentences) == text


async def test_many_at_once_each_get_their_own(translator: Translator) -> None:
    """Each what it gets alone. The tiny model misreads a few numbers (33 is 3 to it); those alone are marked."""
    wanted = [(f"Ik heb {n} euro.", f"I have {n} euros.") for n in range(20, 50)]
    alone = [await translator.translate(text, "nl", "en", conversation=1000 + n) for n, (text, _) in enumerate(wanted)]
    found = await asyncio.gather(
        *(translator.translate(text, "nl", "en", conversation=n) for n, (text, _) in enumerate(wanted))
    )
    assert [(made.text, made.doubts) for made in found] == [(made.text, made.doubts) for made in alone]
    right = [made.text == theirs for made, (_, theirs) in zip(found, wanted, strict=True)]
    assert [made.doubts for made in found] == [() if each else (Doubt.NUMBERS,) for each in right]
    assert sum(right) >= 25


async def test_what_there_is_no_package_for_says_so(translator: Translator) -> None:
    for source, target, reason in (("fr", "nl", Reason.MISSING), (None, "nl", Reason.UNKNOWN)):
        with pytest.raises(Unavailable) as refused:
            await translator.translate("Bonjour, j'ai peur", source, target, conversation=1)
        assert refused.value.reason is reason


@pytest.mark.parametrize("times", [1, 200])
async def test_what_comes_while_the_gateway_stops_is_told_whatever_its_length(packages: Path, times: int) -> None:
    stopping = Translator(packages, Pool(1, 120, 1))
    await stopping.close()
    with pytest.raises(Unavailable) as told:
        await stopping.translate("Ik ben bang. " * times, "nl", "ro", conversation=1)
    assert told.value.reason is Reason.BROKEN


async def test_a_process_that_is_killed_is_started_again(translator: Translator) -> None:
    await translator.translate("Ja.", "nl", "en", conversation=1)
    (pid,) = translator.pool.pids
    os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(psutil.wait_procs, [psutil.Process(pid)] if psutil.pid_exists(pid) else [], 5)
    made = None
    for _ in range(3):  # the one that was under way may be lost; the next is not
        try:
            made = await translator.translate("Ik ben bang.", "nl", "en", conversation=1)
            break
        except Unavailable as unavailable:
            assert unavailable.reason is Reason.BROKEN
    assert made is not None
    assert made.text == "I am afraid."
    assert translator.pool.pids != [pid]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system keeps no process to a core")
async def test_each_process_keeps_to_a_core_of_its_own_and_several_threads_do_not(packages: Path) -> None:
    cores = os.sched_getaffinity(0)
    last = sorted(cores, reverse=True)
    for threads, kept in ((1, [{last[0]}, {last[1 % len(last)]}]), (2, [cores, cores])):
        pool = Pool(2, 120, threads)
        translator = Translator(packages, pool)
        texts = ("Ik ben bang.", "Ja.", "Nee.", "Ik ben hier.")
        await asyncio.gather(*(translator.translate(text, "nl", "en", conversation=1) for text in texts))
        found = [os.sched_getaffinity(pid) for pid in pool.pids]
        await translator.close()
        assert sorted(found, key=sorted) == sorted(kept, key=sorted)


def test_where_no_core_may_be_chosen_threads_go_where_they_like(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refused, raising=False)
    before = os.sched_getaffinity(0)
    keep_to_one_core(0)
    assert os.sched_getaffinity(0) == before


async def until_translated(translator: Translator, text: str) -> str:
    """The translation, as soon as there is a process that gives one; at most half a minute."""
    end = time.monotonic() + 30
    while True:
        try:
            return (await translator.translate(text, "nl", "en", conversation=1)).text
        except Unavailable:
            assert time.monotonic() < end, "no process took its place"


@pytest.mark.night  # a deadline of two seconds, in which a busy machine may not even load a model
async def test_a_process_that_hangs_costs_the_deadline_and_is_replaced(packages: Path) -> None:
    translator = Translator(packages, Pool(1, 2.0, 1))
    try:
        assert await until_translated(translator, "Ja.") == "Yes."
        (stopped,) = translator.pool.pids
        os.kill(stopped, signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(Unavailable) as refused:
            await translator.translate("Ik ben bang.", "nl", "en", conversation=1)
        assert refused.value.reason is Reason.SLOW
        assert time.monotonic() - began < 4
        assert await until_translated(translator, "Nee.") == "No."
        assert translator.pool.pids != [stopped]
        assert not psutil.pid_exists(stopped)
    finally:
        await translator.close()


async def test_too_many_are_refused_at_once_and_those_behind_a_screen_go_first(packages: Path) -> None:
    translator = Translator(packages, Pool(1, 120, 1))
    try:
        await translator.translate("Ja.", "nl", "en", conversation=0)
        many = [
            asyncio.ensure_future(translator.translate(f"Ik heb {n} euro.", "nl", "en", conversation=n, patient=True))
            for n in range(WAITING)
        ]
        shown = await translator.translate("Nee.", "nl", "en", conversation=1000)
        assert shown.text == "No."
        results = await asyncio.gather(*many, return_exceptions=True)
        busy = [r for r in results if isinstance(r, Unavailable)]
        assert busy
        assert {r.reason for r in busy} == {Reason.BUSY}
        assert len(busy) < WAITING
    finally:
        await translator.close()


async def test_it_is_remembered_in_memory_and_forgotten_on_demand(translator: Translator) -> None:
    first = await translator.translate("Ik ben bang.", "nl", "en", conversation=7)
    assert await translator.translate("Ik ben bang.", "nl", "en", conversation=7) is first
    assert await translator.translate("Ik ben bang.", "nl", "en", conversation=8) is not first
    translator.forget(7)
    assert await translator.translate("Ik ben bang.", "nl", "en", conversation=7) is not first


@pytest.mark.night  # by the clock; `make bench` has the figure beside that of nothing
async def test_the_event_loop_is_never_kept_busy(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest a callback computes, in processor time: what other programs take on this machine is not counted. The
    first message is no exception. Garbage is looked for as in the gateway, not among what other tests left here."""
    for table in (lexicons, places._known, currencies._patterns):
        table.cache_clear()
    translator = Translator(packages, Pool(1, 120, 1))
    settled()
    longest = 0.0
    run = asyncio.events.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        nonlocal longest
        began = time.thread_time()
        run(handle)
        longest = max(longest, time.thread_time() - began)

    text = " ".join(f"Ik heb {n} euro en geen papieren, ik kan niet naar buiten." for n in range(20, 85))[:4000]
    monkeypatch.setattr(asyncio.events.Handle, "_run", timed)
    await translator.translate("Ik ben in Brugge, met 250 euro.", "nl", "ro", conversation=0)  # compared on the loop
    await asyncio.gather(*(translator.translate(text + str(n), "nl", "ro", conversation=n) for n in range(4)))
    await translator.close()
    assert 0 < longest < 0.020


LIAR = """
import json, sys
print('{"ready": true}', flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(eval(sys.argv[1])), flush=True)
"""


@pytest.mark.parametrize(
    "says",
    [
        "[]",
        "{'id': asked['id']}",
        "{'id': asked['id'], 'sentences': []}",
        "{'id': asked['id'], 'sentences': [['Ja.']] * 2}",
        "{'id': asked['id'], 'sentences': [[]]}",
        "{'id': asked['id'], 'sentences': [[1]]}",
        "{'id': asked['id'], 'sentences': ['Ja.']}",
        "{'id': asked['id'], 'sentences': [['a' * 100000]]}",
        "{'id': asked['id'] + 1, 'sentences': [['Ja.']]}",
        "'x' * 9_000_000",
    ],
)
async def test_a_process_that_answers_something_else_is_not_believed(packages: Path, says: str) -> None:
    translator = Translator(packages, Pool(1, 120, 1, (sys.executable, "-c", LIAR, says)))
    try:
        with pytest.raises(Unavailable) as refused:
            await translator.translate("Ja.", "nl", "en", conversation=1)
        assert refused.value.reason is Reason.BROKEN
        with pytest.raises(Unavailable):  # and another one is started for the next
            await translator.translate("Nee.", "nl", "en", conversation=1)
    finally:
        await translator.close()


SHUT = """
import socket, sys, urllib.request
from bot.translation.engine.worker import Models, seal_off
models = Models(1)
models.translate(sys.argv[1:], ["Ja."], 1)
seal_off()
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", int(9))),
    lambda: socket.getaddrinfo("example.org", 443),
    lambda: urllib.request.urlopen("https://example.org"),
    lambda: open("canary.txt", "w"),
    lambda: open("canary.txt", "ab"),
    lambda: __import__("os").open("canary.txt", 64 | 1),
    lambda: __import__("subprocess").run(["true"]),
    lambda: __import__("os").system("true"),
):
    try:
        attempt()
    except PermissionError:
        continue
    sys.exit("was possible")
print(models.translate(sys.argv[1:], ["Ik ben bang."], 1)[0][0])
"""


def test_the_process_shuts_itself_off_and_still_translates(packages: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", SHUT, str(packages / "translate-nl_en-0_1")], cwd=tmp_path, capture_output=True,
        text=True, timeout=60, check=False,
        env={
            "PYTHONPATH": str(ROOT), "HOME": str(home), "PATH": os.defpath, "ARGOS_DEBUG": "1",
            "XDG_DATA_HOME": str(home),
        },
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "I am afraid.\n"), done.stderr
    assert list(home.iterdir()) == [], "the library makes no folder in anybody's home"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


ALONE = """
import asyncio, os, sys
from pathlib import Path
os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
from bot.translation import Pool, Translator

async def main():
    translator = Translator(Path(sys.argv[1]), Pool(1, 120, 1))
    made = await translator.translate("Mi-e frică. Nu pot să ies afară.", "ro", "nl", conversation=1)
    others = await translator.alternatives("Ik ben hier.", "nl", "ro")
    print(made.text, len(others) > 1)
    await translator.close()

asyncio.run(main())
"""


def test_it_translates_on_a_machine_without_any_network(packages: Path) -> None:
    """Not even the loopback device is up. The whole gateway, and whether it asks, is in `test_network_cut.py`."""
    must_cut()
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(packages)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, "Ik ben bang. Ik kan niet naar buiten. True\n"), done.stderr
