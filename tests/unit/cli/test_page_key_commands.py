"""`inloop page-key` and what the doctor says of where the key lies."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.cli.commands import backup
from bot.cli.commands.doctor import findings
from bot.cli.common import errors
from bot.settings import Settings, read
from bot.settings.page_key import page_key
from bot.storage.backup.files import found_in
from bot.storage.backup.paper import new_recovery_key, read_recovery_key
from bot.storage.backup.stream import SealedReader
from bot.storage.database import schema
from bot.storage.store import Store
from tests.support.databases import Clock
from tests.support.desk import join

PUBLIC = "https://chat.example.org"


class Machine:
    """An installation with a key in its data folder, and Els."""

    def __init__(self, folder: Path) -> None:
        self.data, self.secret = folder / "data", folder / "secrets" / "page-key"
        self.secret.parent.mkdir()
        settings = Settings(_env_file=None, data_dir=self.data)
        self.key = page_key(settings)
        schema.upgrade(settings.database)
        asyncio.run(self._els(settings))

    async def _els(self, settings: Settings) -> None:
        clock = Clock()
        store = await Store.open(settings.database, clock=clock, root=self.key)
        await join(store, clock, "Els")
        await store.close()

    def __call__(self, *arguments: str, file: Path | None = None, secret: str = "") -> Result:
        env = {"INLOOP_DATA_DIR": str(self.data), "INLOOP_PUBLIC_URL": PUBLIC}
        env |= {"INLOOP_PAGE_KEY_FILE": str(file)} if file else {}
        env |= {"INLOOP_PAGE_KEY": secret} if secret else {}
        answer = CliRunner().invoke(app, list(arguments), env=env)
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def told(machine: Machine, monkeypatch: pytest.MonkeyPatch, **env: str) -> list[tuple[str, str]]:
    """What the doctor says of the key, and of the marks that hang on it."""
    monkeypatch.setenv("INLOOP_DATA_DIR", str(machine.data))
    monkeypatch.setenv("INLOOP_MODELS_DIR", str(machine.data))
    monkeypatch.setenv("INLOOP_PUBLIC_URL", PUBLIC)
    for name in ("INLOOP_PAGE_KEY", "INLOOP_PAGE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    async def said() -> list[tuple[str, str]]:
        found = [one async for one in findings(read(_env_file=None), date(2026, 11, 24))]
        words = ("page key", "page.key", "PAGE_KEY", "vouched")
        return [(level, text) for level, text in found if any(word in text for word in words)]

    return asyncio.run(said())


def test_the_key_is_moved_and_everything_still_holds(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    vouched = ("ok", "every key and caseworker is vouched for")
    before = told(machine, monkeypatch)
    assert before == [
        ("warning", "page key: it lies in the data folder: inloop page-key copy, see docs/keys.md"), vouched,
    ]  # fmt: skip
    copied = machine("page-key", "copy", str(machine.secret))
    assert copied.exit_code == 0 and f"INLOOP_PAGE_KEY_FILE={machine.secret}" in copied.stderr
    assert machine.secret.stat().st_mode & 0o777 == 0o600
    assert (machine.data / "page.key").exists(), "until something else gives it"
    assert told(machine, monkeypatch, INLOOP_PAGE_KEY_FILE=str(machine.secret)) == [
        ("warning", "page key: page.key is in the data folder still: inloop page-key remove"), vouched,
    ]  # fmt: skip
    assert machine("page-key", "remove", file=machine.secret).exit_code == 0
    assert not (machine.data / "page.key").exists()
    assert told(machine, monkeypatch, INLOOP_PAGE_KEY_FILE=str(machine.secret)) == [
        ("ok", "page key: apart from the data folder"), vouched,
    ]  # fmt: skip
    assert not [path for path in machine.data.iterdir() if machine.key.hex().encode() in path.read_bytes()]
    for output in (copied.stdout, copied.stderr):
        assert machine.key.hex() not in output


def test_nothing_is_removed_that_is_in_use_or_another(machine: Machine) -> None:
    assert machine("page-key", "remove").exit_code == 1
    assert machine("page-key", "remove", secret="another").exit_code == 1
    assert (machine.data / "page.key").exists()


def test_no_file_is_written_over_and_none_that_others_read(machine: Machine, tmp_path: Path) -> None:
    other, link, open_file = tmp_path / "other", tmp_path / "link", tmp_path / "open"
    other.write_text("mine")
    link.symlink_to(machine.secret)
    open_file.touch()
    open_file.chmod(0o640)
    wrong = (other, link, open_file, machine.data / "copy", tmp_path / "no" / "folder", tmp_path)
    for path in wrong:
        assert machine("page-key", "copy", str(path)).exit_code == 1, path
    assert other.read_text() == "mine" and open_file.read_text() == ""
    assert not machine.secret.exists() and not (machine.data / "copy").exists()
    machine.secret.touch(0o600)
    assert machine("page-key", "copy", str(machine.secret)).exit_code == 0, "as root puts it there"
    assert machine("page-key", "copy", str(tmp_path / "third"), file=machine.secret).exit_code == 1, "it is moved"


def test_the_doctor_names_every_place_that_is_wrong(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = machine.data / "secret"
    inside.write_text("a secret")
    inside.chmod(0o600)
    [where, *marks] = told(machine, monkeypatch, INLOOP_PAGE_KEY_FILE=str(inside))
    assert where == ("warning", f"page key: {inside} lies in the data folder: move it, and name its new place")
    assert {level for level, _ in marks} == {"fault"}, "nothing holds under another key"
    [where, *_] = told(machine, monkeypatch, INLOOP_PAGE_KEY="another")
    assert where == ("warning", "page key: page.key in the data folder is another key, and not used")
    (machine.data / "page.key").write_text("damaged")
    [where] = told(machine, monkeypatch)
    assert where[0] == "fault" and "is damaged" in where[1]
    (machine.data / "page.key").unlink()
    [where] = told(machine, monkeypatch)
    assert where[0] == "fault" and "INLOOP_PAGE_KEY is not set" in where[1]
    assert not (machine.data / "page.key").exists(), "nothing is made by looking"
    refused = machine("caseworker", "list")
    assert refused.exit_code == 1 and "INLOOP_PAGE_KEY is not set" in refused.stderr


def test_a_backup_does_not_hold_it(machine: Machine, tmp_path: Path) -> None:
    public, lines = new_recovery_key(split=False)
    settings = Settings(_env_file=None, data_dir=machine.data, backup_dir=tmp_path / "b", backup_key=public)
    assert backup.make(settings, None, False, errors) == 0
    files = found_in(tmp_path / "b")
    assert {file.part for file in files} == {"keys", "bodies"}
    for file in files:
        plain = b"".join(SealedReader(file.path, read_recovery_key(lines)).content())
        assert machine.key not in plain and machine.key.hex().encode() not in plain.lower()
