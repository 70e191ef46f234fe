"""`inloop recovery-key`, `inloop access`, `inloop erase`, as somebody calls them on the machine: secrets by standard
input or by a file of this account, never as an argument."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
import pyzipper
from click.testing import Result
from typer.testing import CliRunner

from bot import content
from bot.cli.app import app
from bot.cli.commands.recovery_key import finding
from bot.domain.audit import Deed, Entry
from bot.domain.conversation_state import ConversationState
from bot.domain.model import CaseChange, Urgency
from bot.settings import CONTENT, Settings
from bot.settings.page_key import page_key
from bot.storage.conversations.conversations import NewConversation
from bot.storage.database.errors import Gone
from bot.storage.database.schema import upgrade
from bot.storage.store import Store
from tests.support.databases import Clock
from tests.support.desk import PASSWORD, Colleague, join

ZIP = "a sentence for the file"
WORDS = re.compile(r"^(?:[a-z]+ ){26}[a-z]+$", re.MULTILINE)


@dataclass
class Machine:
    """A data folder with a coordinator in it, and the commands on it."""

    data: Path
    els: Colleague

    @property
    def url(self) -> str:
        return Settings(_env_file=None, data_dir=self.data).database

    def __call__(self, *arguments: str, given: str = "", keys: str = "team") -> Result:
        env = {"INLOOP_DATA_DIR": str(self.data), "INLOOP_CASE_KEYS": keys}
        answer = CliRunner().invoke(app, list(arguments), input=given, env=env)
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer

    async def log_in(self) -> str:
        """What is typed to log in: password and a code that is good now."""
        async with opened(self.url) as store, store._db.write() as connection:  # codes of the same half minute
            await connection.exec_driver_sql("UPDATE caseworkers SET totp_step = 0")
        return f"{PASSWORD}\n{self.els.totp.now()}\n"

    async def talk(self, text: str, *, asks: bool = True) -> NewConversation:
        async with opened(self.url) as store:
            new = await store.create_conversation("en")
            await store.accept(new.person, "m1", text, case=CaseChange(Urgency.URGENT) if asks else None)
            return new

    async def number(self, new: NewConversation) -> str:
        async with opened(self.url) as store:
            return (await store.cases_of(new.person.conversation))[-1].number

    async def deeds(self, deed: Deed) -> list[Entry]:
        async with opened(self.url) as store:
            assert (await store.audit_breaks())[1] == []
            return [row for row in await store.audit() if row.deed == deed]


class opened:
    """The store of a database, for a block."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def __aenter__(self) -> Store:
        data = Path(self.url.removeprefix("sqlite+aiosqlite:///")).parent
        root = page_key(Settings(_env_file=None, data_dir=data))
        self.store = await Store.open(self.url, clock=lambda: datetime.now(UTC), root=root)
        return self.store

    async def __aexit__(self, *_: object) -> None:
        await self.store.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    url = Settings(_env_file=None, data_dir=data).database
    upgrade(url)

    async def made() -> Colleague:
        clock = Clock(datetime.now(UTC))
        store = await Store.open(url, clock=clock, root=page_key(Settings(_env_file=None, data_dir=data)))
        els = await join(store, clock, "Els")
        await store.close()
        return els

    yield Machine(data, asyncio.run(made()))


def texts(path: Path) -> str:
    assert path.stat().st_mode & 0o077 == 0
    with pyzipper.AESZipFile(io.BytesIO(path.read_bytes())) as archive:
        archive.setpassword(ZIP.encode())
        return "".join(archive.read(name).decode() for name in archive.namelist())


def warned(machine: Machine) -> str:
    async def said() -> str:
        async with opened(machine.url) as store:
            return ": ".join(await finding(store))

    return asyncio.run(said())


def test_two_papers_bring_a_coordinator_back_who_reads_what_was_there(machine: Machine, tmp_path: Path) -> None:
    asyncio.run(machine.talk("before it was lost"))
    assert warned(machine).startswith("warning: recovery key: there is none")
    made = machine("recovery-key", "create", "--by", "els", "--split", given=asyncio.run(machine.log_in()))
    assert made.exit_code == 0, made.stderr
    halves = WORDS.findall(made.stdout)
    assert len(halves) == 2
    assert warned(machine).startswith("ok: recovery key 1, in two halves")
    assert machine("recovery-key", "check", given=halves[0]).stderr.startswith("This is the first half")
    checked = machine("recovery-key", "check", given="\n".join(halves[::-1]))
    assert (checked.exit_code, "opens the team's key" in checked.stderr) == (0, True)
    wrong = machine("recovery-key", "use", "Mia", given=halves[1])
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert asyncio.run(machine.deeds(Deed.RECOVERY_USED)) == []

    paper = tmp_path / "paper"
    paper.write_text("\n".join(halves))
    paper.chmod(0o644)
    refused = machine("recovery-key", "use", "Mia", "--key-file", str(paper))
    assert refused.exit_code == 1
    assert "open to others" in refused.stderr
    paper.chmod(0o600)
    used = machine("recovery-key", "use", "Mia", "--key-file", str(paper))
    assert used.exit_code == 0, used.stderr
    [row] = asyncio.run(machine.deeds(Deed.RECOVERY_USED))
    assert (row.actor, row.detail) == (None, "coordinator")
    assert warned(machine).startswith("warning: recovery key 1, in two halves: used on")

    async def reads() -> list[str]:
        async with opened(machine.url) as store:
            totp = pyotp.TOTP(pyotp.random_base32())
            await store.accept_invite(used.stdout.strip().rpartition("/")[2], PASSWORD, totp.secret, totp.now())
            async with store._db.write() as connection:
                await connection.exec_driver_sql("UPDATE caseworkers SET totp_step = 0")
            _, mia = await store.log_in("Mia", PASSWORD, totp.now())
            assert mia.role == "coordinator"
            (case,) = await store.queue()
            return [m.text for m in await store.messages(await store.open_case(case.id, mia.team))]

    assert asyncio.run(reads()) == ["before it was lost"]
    for answer in (made, checked, wrong, refused, used):
        assert PASSWORD not in answer.stdout + answer.stderr
    for answer in (checked, wrong, refused, used):
        assert not WORDS.search(answer.stdout + answer.stderr)


@pytest.mark.parametrize("given", ["", "zoo " * 27, "\x00", "wrong\n000000\n"])
def test_what_is_wrong_is_said_and_changes_nothing(machine: Machine, given: str) -> None:
    for arguments in (
        ("recovery-key", "create", "--by", "els"), ("recovery-key", "check"), ("recovery-key", "use", "Mia"),
    ):  # fmt: skip
        answer = machine(*arguments, given=given)
        assert answer.exit_code == 1
        assert answer.stdout == ""
    assert warned(machine).startswith("warning: recovery key: there is none")


@pytest.mark.parametrize("keys", ["team", "open"])
def test_a_person_gets_everything_by_code_or_by_case_number(machine: Machine, tmp_path: Path, keys: str) -> None:
    asked, quiet = asyncio.run(machine.talk("he took my papers")), asyncio.run(machine.talk("only looking", asks=False))
    number = asyncio.run(machine.number(asked))

    async def sent() -> None:
        async with opened(machine.url) as store:
            person = await store.open_by_token(quiet.token)
            assert person is not None
            await store.accept(person, "a", "Foto", choice={"kind": "picture", "kept": True}, picture=b"a picture")

    asyncio.run(sent())
    by_code = machine("access", "--to", str(tmp_path / "1.zip"), given=f"{asked.return_code}\n{ZIP}\n", keys=keys)
    assert by_code.exit_code == 0, by_code.stderr
    log_in = asyncio.run(machine.log_in())
    by_case = machine(
        "access", "--case", number.lower(), "--by", "els", "--to", str(tmp_path / "2.zip"), given=f"{log_in}{ZIP}\n",
        keys=keys,
    )  # fmt: skip
    assert by_case.exit_code == 0, by_case.stderr
    no_case = machine("access", "--to", str(tmp_path / "3.zip"), given=f"{quiet.return_code}\n{ZIP}\n", keys=keys)
    assert no_case.exit_code == 0, no_case.stderr
    for name in ("1.zip", "2.zip"):
        found = texts(tmp_path / name)
        assert "he took my papers" in found
        assert number in found
    assert "only looking" in texts(tmp_path / "3.zip")
    with pyzipper.AESZipFile(tmp_path / "3.zip") as archive:
        archive.setpassword(ZIP.encode())
        (name,) = [name for name in archive.namelist() if name.startswith("picture-")]
        assert archive.read(name) == b"a picture"
    rows = [(row.actor, row.case, row.reason) for row in asyncio.run(machine.deeds(Deed.EXPORTED))]
    asked_for = "person_asked"
    assert rows == [(None, None, asked_for), (machine.els.id, number, asked_for), (None, number, asked_for)]

    async def still() -> bool:
        async with opened(machine.url) as store:
            return await store.open_by_token(asked.token) is not None

    assert asyncio.run(still()), "their own access is as it was"


def test_the_page_begins_with_what_was_told_in_the_language_of_the_person(machine: Machine, tmp_path: Path) -> None:
    """As a caseworker sees it at a handoff: a label and the person's own words. The page needs no case."""
    own = "أخذ صاحب العمل جواز سفري"
    state = ConversationState().having_heard(["documents_kept"], own).at("شارع الملك 3")

    async def told(new: NewConversation) -> None:
        async with opened(machine.url) as store:
            await store.set_language(new.person, "ar")
            await store.change_sheet(new.person, lambda sheet: replace(sheet, state=state))

    asked, quiet = asyncio.run(machine.talk("one")), asyncio.run(machine.talk("two", asks=False))
    for new in (asked, quiet):
        asyncio.run(told(new))
    number = asyncio.run(machine.number(asked))
    words = content.load(CONTENT)
    calls = (
        ("ar", ("--case", number, "--by", "els"), asyncio.run(machine.log_in())),
        ("ar", (), quiet.return_code + "\n"),
        ("ar", (), asked.return_code + "\n"),
        ("nl", ("--language", "nl"), quiet.return_code + "\n"),
    )
    for place, (language, more, given) in enumerate(calls):
        to = tmp_path / f"{place}.zip"
        answer = machine("access", "--to", str(to), *more, given=f"{given}{ZIP}\n")
        assert answer.exit_code == 0, answer.stderr
        page = texts(to).partition("</html>")[0]
        assert page.startswith("<!doctype html>")
        assert ('dir="rtl"' in page.partition("<head>")[0]) is (language == "ar")
        where, papers = (words.label(f"desk.told_{line}", language) for line in ("where", "documents"))
        assert f'<dt>{where}</dt><dd dir="auto">شارع الملك 3</dd>' in page
        assert f'<dt>{papers}</dt><dd dir="auto">{own}</dd>' in page


def test_access_refuses_a_short_password_a_wrong_code_and_a_file_that_is_there(
    machine: Machine, tmp_path: Path
) -> None:
    new = asyncio.run(machine.talk("mine"))
    there = tmp_path / "there.zip"
    there.write_text("another file")
    for given, to in (
        (f"{new.return_code}\nshort\n", tmp_path / "a.zip"),
        (f"leopard ski boring item orbit eagle\n{ZIP}\n", tmp_path / "b.zip"),
        (f"{new.return_code}\n{ZIP}\n", there),
        ("", tmp_path / "c.zip"),
    ):
        answer = machine("access", "--to", str(to), given=given)
        assert answer.exit_code == 1
        assert new.return_code not in answer.stderr
    assert there.read_text() == "another file"
    assert [path.name for path in tmp_path.glob("*.zip")] == ["there.zip"]
    assert machine("access", "--case", "K7-M2F").exit_code == 2


def test_what_is_erased_is_gone_and_stands_in_the_log(machine: Machine) -> None:
    by_code, by_case, stays = (asyncio.run(machine.talk(text)) for text in ("one", "two", "three"))
    numbers = [asyncio.run(machine.number(new)) for new in (by_code, by_case)]
    unsure = machine("erase", given=f"{by_code.return_code}\n")
    assert (unsure.exit_code, "Nothing was erased" in unsure.stderr) == (1, True)
    assert machine("erase", "--yes", given=f"{by_code.return_code}\n").exit_code == 0
    assert machine("erase", "--yes", given=f"{by_code.return_code}\n").exit_code == 1
    log_in = asyncio.run(machine.log_in())
    done = machine("erase", "--case", numbers[1], "--by", "els", "--yes", given=log_in)
    assert done.exit_code == 0, done.stderr
    assert "7 days" in done.stderr

    async def look() -> list[bool]:
        async with opened(machine.url) as store:
            with pytest.raises(Gone):
                await store.accept(by_case.person, "m2", "again")
            return [await store.open_by_token(new.token) is not None for new in (by_code, by_case, stays)]

    assert asyncio.run(look()) == [False, False, True]
    rows = [(row.actor, row.case, row.detail) for row in asyncio.run(machine.deeds(Deed.DELETED))]
    assert rows == [(machine.els.id, numbers[1], "asked"), (None, numbers[0], "person")]


def test_a_command_with_another_page_key_says_so_and_changes_nothing(machine: Machine) -> None:
    given = asyncio.run(machine.log_in())
    (machine.data / "page.key").write_text("0" * 64)
    refused = machine("recovery-key", "create", "--by", "Els", given=given)
    assert refused.exit_code == 1 and "the page key is another one" in refused.stderr
    asked = machine("caseworker", "vouch")
    assert asked.exit_code == 1 and "Els: coordinator" in asked.stdout
    assert machine("caseworker", "vouch", "--yes").exit_code == 0
    assert "Every key and everybody is vouched for." in machine("caseworker", "vouch").stdout
    assert [row.actor for row in asyncio.run(machine.deeds(Deed.VOUCHED))] == [None]
