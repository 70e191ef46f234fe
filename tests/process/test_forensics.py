"""A day of Inloop, and then a search of everything it left: whoever has the disk finds none of 500 canaries, and with a
caseworker's password the words of the talks that are still there, of all of them and of no other.

The day goes through the public doors: the visitor page's interface, the desk, Telegram, forms, wrong requests, log-ins
right and wrong, return codes, deletions, closings, backups; a month later the upkeep comes by. On SQLite and on
PostgreSQL, whose whole folder is searched.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.content import Catalogue
from bot.operations.upkeep import Upkeep
from bot.settings import Settings
from bot.settings.page_key import page_key
from bot.storage.database.part import Person as Opened
from bot.storage.database.part import wrapped_for
from bot.storage.sealing.envelopes import derive_token, open_envelope, pair_of
from bot.storage.store import Store
from bot.storage.tables.conversations import cases, conversation_wraps, conversations
from tests.support import telegram
from tests.support.caseworker import Caseworker, accept, first
from tests.support.databases import PostgresServer, programs
from tests.support.forensics import Search, all_files, of_number
from tests.support.gateway import INLOOP, ROOT, Gateway, Visitor, running, wait_for
from tests.support.kept import Kept, Postgres, Sqlite
from tests.support.ports import free_port

pytestmark = pytest.mark.night

AT_LEAST = 500
TALKS = 42
IN_TELEGRAM = 8
FATES = ("deleted", "talk", "waiting", "owned", "helped", "not_for_us")
LIVE = {"waiting", "owned", "helped"}
"""What is still there a month later: who waits, who is looked after, and what was closed less than 90 days ago."""
LATER = timedelta(days=31)


class Canaries:
    """Words that are nowhere else, by what they were."""

    def __init__(self) -> None:
        self._random = random.SystemRandom()
        self.planted: dict[str, str] = {}

    def word(self, kind: str) -> str:
        """A new one, 16 letters; it can stand in a sentence, a name or a password."""
        made = "".join(self._random.choice("bdfgklmnprstvz") + self._random.choice("aeiou") for _ in range(8))
        self.planted[made] = kind
        return made

    def keep(self, kind: str, *secrets: str | None) -> None:
        """Secrets that Inloop made itself."""
        for secret in secrets:
            assert secret
            self.planted[secret] = kind


@dataclass
class Talk:
    """Somebody on the web, and what was written in the talk by both sides."""

    visitor: Visitor
    fate: str
    words: set[str] = field(default_factory=set)
    number: int = 0


@dataclass
class Day:
    """All that happened."""

    gateway: Gateway
    canaries: Canaries
    words: Catalogue
    talks: list[Talk] = field(default_factory=list)
    team: list[Caseworker] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)

    def plant(self, talk: Talk, kind: str) -> str:
        made = self.canaries.word(kind)
        talk.words.add(made)
        return made

    # -- the team ------------------------------------------------------------------------------------

    def open_the_desk(self) -> None:
        password = self.canaries.word("password")
        self.team.append(first(self.gateway, password))
        for name in ("Bea", "Noor"):
            made = self.team[0].http.post("/desk/api/invites", json={"name": name})
            assert made.status_code == 201, made.text
            link = made.json()["path"]
            self.team.append(accept(self.gateway.url, link, name, self.canaries.word("password")))
            self.canaries.keep("invitation", link.rpartition("/")[2])
        for colleague in self.team:
            cookie = next(iter(colleague.http.cookies.jar)).value
            self.canaries.keep("session", cookie, colleague.http.headers["X-Desk-Token"])
            self.canaries.keep("code app", colleague.totp.secret)

    def knock_in_vain(self) -> None:
        """Wrong log-ins, and requests that quote what they should not: the paths of errors write too."""
        talk, word = self.talks[0], self.canaries.word("broken request")
        for _ in range(12):
            name, password = self.canaries.word("name"), self.canaries.word("password")
            body = {"name": name, "password": password, "code": "123456"}
            assert talk.visitor.http.post("/desk/login", json=body).status_code == 401
        for content in (f'{{"id": "x", "text": "{word}"}}', f'{{"text": "{word}', f'["{word}"]', word):
            talk.visitor.http.post("/api/messages", content=content.encode())
        talk.visitor.http.post("/api/messages", json={"id": str(uuid4()), "text": [word]})
        talk.visitor.http.post("/api/conversations/restore", json={"return_code": f"{word} {word}"})
        talk.visitor.http.get(f"/{word}", headers={"Authorization": f"Bearer {word}", "X-Name": word})
        talk.visitor.http.get("/desk/invite/" + word)

    # -- on the web ----------------------------------------------------------------------------------

    def talk(self, number: int) -> Talk:
        fate = FATES[number % len(FATES)]
        talk = Talk(Visitor(self.gateway.url, "fr" if fate == "talk" else "en"), fate)
        talk.visitor.ask(f"my name is {self.plant(talk, 'name')} {self.plant(talk, 'name')}, hi")
        talk.visitor.ask(f"is it free in {', '.join(self.plant(talk, 'message') for _ in range(4))}?")
        if talk.fate not in {"deleted", "talk"}:
            names = " and ".join(self.plant(talk, "name") for _ in range(3))
            talk.visitor.ask(f"he is hitting {names} right now")
        if number % 5 == 0:
            self.canaries.keep("token", talk.visitor.token)
            talk.visitor.come_back()
        self.canaries.keep("token", talk.visitor.token)
        self.canaries.keep("return code", talk.visitor.return_code)
        return talk

    def report(self) -> Talk:
        """A bystander answers the form of a report in their own words."""
        talk = Talk(Visitor(self.gateway.url, "nl"), "waiting")
        visitor = talk.visitor

        def until(key: str, act: Callable[[], object]) -> None:
            """Again where the engine had no time: what is answered twice is kept once."""
            for _ in range(5):
                act()
                with suppress(AssertionError):
                    wait_for(key, lambda: self.words.say(key, "nl") in texts(visitor), 10)
                    return
            raise AssertionError(f"the form did not come to {key}")

        start, skip = (self.words.label(f"choices.{name}", "nl") for name in ("start_report", "skip"))
        visitor.ask("waar kan ik een vermoeden van mensenhandel melden")
        until("report.danger", lambda: visitor.choose(start))
        until("report.what", lambda: visitor.write("nee"))
        what = f"in dat restaurant werken {self.plant(talk, 'form')} en {self.plant(talk, 'form')} zonder loon"
        until("report.where", lambda: visitor.write(what))
        where = f"in {self.plant(talk, 'form')} bij Mechelen"
        until("report.when", lambda: visitor.write(where))
        for key in ("report.people", "report.reach", "report.done"):
            until(key, lambda: visitor.choose(skip))
        self.canaries.keep("token", visitor.token)
        self.canaries.keep("return code", visitor.return_code)
        return talk

    # -- at the desk ---------------------------------------------------------------------------------

    def work(self) -> None:
        """Cases are claimed, answered and closed, as their fates have it."""
        by_word = {word: talk for talk in self.talks for word in talk.words}
        for colleague in self.team:
            colleague.queue()
        for case in self.team[0].queue():
            if case["state"] != "waiting" or case["channel"] != "web":
                continue
            colleague = self.team[case["id"] % len(self.team)]
            assert colleague.claim(case["id"]).status_code == 200
            read = json.dumps(colleague.read(case["id"]) + colleague.told(case["id"], "nl"))
            talk = next(by_word[word] for word in by_word if word in read)
            if talk.fate in {"deleted", "talk", "waiting"}:
                colleague.release(case["id"])
                talk.fate = "waiting" if talk.fate == "talk" else talk.fate  # a made-up word may sound like danger
                continue
            colleague.reply(case["id"], f"I am here, {self.plant(talk, 'reply')} {self.plant(talk, 'reply')}")
            if talk.fate != "owned":
                colleague.close(case["id"], talk.fate)

    def delete(self) -> None:
        for talk in self.talks:
            if talk.fate == "deleted":
                assert talk.visitor.http.delete("/api/conversations").status_code == 204


def texts(visitor: Visitor) -> list[str]:
    return [message["text"] for message in visitor.messages()]


def inloop(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("INLOOP_")}
    return subprocess.run(
        [str(INLOOP), *arguments], cwd=ROOT, env=clean | env, capture_output=True, text=True, check=False, timeout=120
    )


def sealed_of(kept: Kept, numbers: Iterable[int]) -> Iterator[bytes]:
    """The middle of every wrap of these conversations as it stands in the database now; of every envelope too, where
    these go at once."""
    queries = ["SELECT wrapped FROM conversation_wraps WHERE conversation = ?"]
    if kept.whole:
        queries += [
            "SELECT envelope FROM messages WHERE conversation = ?",
            "SELECT envelope FROM sheets WHERE conversation = ?",
            "SELECT w.envelope FROM case_whys w JOIN cases c ON c.id = w.case_id WHERE c.conversation = ?",
        ]
    for number in numbers:
        for query in queries:
            for (raw,) in kept.rows(query, number):
                assert isinstance(raw, bytes)
                yield raw[len(raw) // 2 - 12 : len(raw) // 2 + 12]


async def readable(url: str, root: bytes, colleague: Caseworker, planted: Iterable[str]) -> set[str]:
    """Every planted word that a caseworker's password opens in a database: all team wraps, all messages, sheets and
    reasons, whatever the desk would show."""
    later = datetime.now(UTC) + timedelta(minutes=2)
    store = await Store.open(url, clock=lambda: later, root=root)
    cookie, session = await store.log_in(colleague.name, colleague.password, colleague.totp.at(later))
    read: list[str] = []
    async with store._db.read() as connection:
        wraps = conversation_wraps.c
        query = select(conversations, wraps.wrapped, wraps.team_key, cases.c.id.label("of"))
        query = query.select_from(conversations).join(conversation_wraps, wraps.conversation == conversations.c.id)
        query = query.outerjoin(cases, cases.c.conversation == conversations.c.id).where(wraps.kind == "team")
        found = (await connection.execute(query)).all()
    for row in found:
        keys = pair_of(open_envelope(session.team, row.wrapped, wrapped_for("team", row.id, row.team_key)))
        person = Opened(row.id, keys, row.language, row.state)
        read += [message.text for message in await store.messages(person)]
        read += (await store.sheet_of(row.id, keys)).words.values()
        read += await store.case_why(row.of, keys) if row.of else ()
    await store.log_out(cookie)
    await store.close()
    everything = "\n".join(read)
    return {word for word in planted if word in everything}


async def a_month_later(url: str) -> Counter[str]:
    """What the upkeep takes then."""
    then = datetime.now(UTC) + LATER
    store = await Store.open(url, clock=lambda: then)
    done = await Upkeep(store, lambda: then, Settings(_env_file=None).retention).once()
    await store.close()
    return done


def on_telegram(day: Day, wire: telegram.Wire) -> None:
    people = [telegram.Person(wire, random.SystemRandom().randrange(10**15, 4 * 10**15)) for _ in range(IN_TELEGRAM)]
    for number, person in enumerate(people):
        day.canaries.keep("chat", str(person.number), f"Quillonda{person.number}", f"quill_onda_{person.number}")
        person.write("/start")
        person.write(f"my name is {day.canaries.word('name')} and is it free?")
        if number % 2:
            person.write(f"he is hitting {day.canaries.word('message')} right now")
    wiped = [day.words.say("telegram.wiped", "en")]
    for number, person in enumerate(people):
        wait_for("an answer", lambda person=person: len(person.told()) >= 3)
        if number % 4 == 0:
            person.write("/wipe")
            wait_for("it is wiped", lambda person=person: [s["message"]["text"] for s in person.stands()] == wiped)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """The database of the day."""
    if request.param == "sqlite":
        yield Sqlite(tmp_path / "data" / "inloop.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    if server.data is None:
        pytest.skip("the files of this server are not at hand")
    monkeypatch.setenv("PATH", f"{programs()}:{os.environ['PATH']}")
    fresh = Postgres(server, server.create(upgraded=False))
    yield fresh
    server.drop(fresh.url)


def test_after_a_day_the_disk_tells_nothing_and_a_password_only_what_is_still_there(
    tmp_path: Path, words: Catalogue, kept: Kept
) -> None:
    canaries = Canaries()
    made = inloop({}, "backup-key", "--split")
    canaries.keep("recovery key", *made.stdout.split("\n")[:2])
    (tmp_path / "tmp").mkdir()
    data = tmp_path / "data"
    env = {
        "INLOOP_DATA_DIR": str(data), "INLOOP_BACKUP_DIR": str(tmp_path / "backups"), "INLOOP_LOG_LEVEL": "DEBUG",
        "INLOOP_BACKUP_KEY": made.stderr.partition("INLOOP_BACKUP_KEY=")[2].split()[0], "TMPDIR": str(tmp_path / "tmp"),
    }  # fmt: skip
    if isinstance(kept, Postgres):
        env["INLOOP_DATABASE_URL"] = kept.url
    places = [tmp_path, ROOT / "var", ROOT / ".cache" / "engine-home", *kept.folders]

    def backup(*how: str) -> None:
        done = inloop(env, "backup", *how)
        assert done.returncode == 0, done.stderr

    with ExitStack() as stack:
        wire = None
        try:
            wire = stack.enter_context(telegram.telegram())
            env |= telegram.environment(wire, tmp_path)
            canaries.keep("bot", telegram.TOKEN)
        except pytest.skip.Exception:  # no Node on this machine: the rest of the day is worth as much
            pass
        gateway = stack.enter_context(running(tmp_path, free_port(), env=env))
        day = Day(gateway, canaries, words)
        day.open_the_desk()
        report = day.report()
        with ThreadPoolExecutor(4) as pool:
            chats = pool.submit(on_telegram, day, wire) if wire is not None else None
            day.talks += [*pool.map(day.talk, range(TALKS)), report]
            if chats is not None:
                chats.result()
        day.knock_in_vain()
        day.work()
        backup()
        for talk in day.talks:
            lookup = derive_token(talk.visitor.token).lookup
            ((talk.number,),) = kept.rows("SELECT conversation FROM conversation_wraps WHERE lookup = ?", lookup)
        gone = [talk.number for talk in day.talks if talk.fate not in LIVE]
        day.sealed += sealed_of(kept, gone)
        day.delete()
        backup("--keys-only")
        last = next(talk for talk in day.talks if talk.fate == "waiting")
        last.visitor.write(f"and one more: {day.plant(last, 'message')}")
        assert len(canaries.planted) >= AT_LEAST
        search = Search()
        for secret, kind in canaries.planted.items():
            search.secret(kind, secret)
            if kind == "chat" and secret.isdigit():
                search.add(kind, of_number(int(secret)))
        kept.settle()
        assert search.files(all_files(*places)) == [], "while it runs"
    assert gateway.stop() == 0
    taken = asyncio.run(a_month_later(kept.url))
    assert taken["talk"] >= sum(talk.fate == "talk" for talk in day.talks) > 0
    assert taken["case:not_for_us"] == sum(talk.fate == "not_for_us" for talk in day.talks) > 0

    kept.settle_after()
    models = [ROOT / "models"] if kept.whole else []  # the same whatever the database is
    assert search.files(all_files(*places, *models)) == [], "after the day"
    deleted = Search()
    for raw in day.sealed:
        deleted.add("of what was deleted", [raw])
    assert len(day.sealed) > (100 if kept.whole else 20)
    assert deleted.files(kept.of_tables()) == [], "not even sealed"

    live = {word for talk in day.talks if talk.fate in LIVE for word in talk.words}
    on_the_web = {word for talk in day.talks for word in talk.words}
    root = page_key(Settings(_env_file=None, data_dir=data))
    read = asyncio.run(readable(kept.loot(tmp_path / "loot"), root, day.team[1], on_the_web))
    assert read == live
    assert len(live) > 100
