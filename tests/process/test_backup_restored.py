"""A backup is made while people write, the disk is lost, and a restored Inloop goes on: by the commands, as on the
night it is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path

import httpx
import pytest

from tests.support.gateway import INLOOP, ROOT, Visitor, running
from tests.support.ports import free_port

pytestmark = pytest.mark.night


def inloop(env: dict[str, str], *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("INLOOP_")}
    done = subprocess.run(
        [str(INLOOP), *arguments], cwd=ROOT, env=clean | env, input=given, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    return done


def test_the_disk_is_lost_and_inloop_goes_on(tmp_path: Path) -> None:
    made = inloop({}, "backup-key", "--split")
    assert made.returncode == 0
    public = made.stderr.partition("INLOOP_BACKUP_KEY=")[2].split()[0]
    origin = made.stderr.partition("INLOOP_BACKUP_ORIGIN=")[2].split()[0]
    halves = made.stdout
    again = inloop({}, "backup-key", "--again", given=halves)
    assert public in again.stderr and origin in again.stderr
    port, data = free_port(), tmp_path / "data"
    env = {
        "INLOOP_DATA_DIR": str(data), "INLOOP_BACKUP_DIR": str(tmp_path / "backups"), "INLOOP_BACKUP_KEY": public,
        "INLOOP_BACKUP_ORIGIN": origin,
    }  # fmt: skip
    with running(tmp_path, port, engine=False, env=env) as gateway:
        kept, deleted = Visitor(gateway.url), Visitor(gateway.url)
        kept.write("before the backup")
        deleted.write("to be deleted")
        busy, stop = Visitor(gateway.url), threading.Event()

        def write() -> None:
            while not stop.is_set():
                busy.write("again")

        writer = threading.Thread(target=write)
        writer.start()
        done = inloop(env, "backup")
        stop.set()
        writer.join()
        assert done.returncode == 0, done.stderr
        assert deleted.http.delete("/api/conversations").status_code == 204
        assert inloop(env, "backup", "--keys-only").returncode == 0
        refused = inloop(env, "restore", "--replace", given=halves)
        assert refused.returncode == 1
        assert "stop inloop up first" in refused.stderr
        gateway.kill()
    shutil.rmtree(data)
    for wrong in (halves.splitlines()[0], "", "nonsense"):
        assert inloop(env, "restore", given=wrong).returncode == 1
    assert not (data / "inloop.db").exists()
    done = inloop(env, "restore", given=halves)
    assert done.returncode == 0, done.stderr
    assert (data / "inloop.db").stat().st_mode & 0o077 == 0
    with running(tmp_path, port, engine=False, env=env):
        assert any(m["text"] == "before the backup" for m in kept.messages())
        seqs = [m["seq"] for m in busy.messages()]
        assert seqs == list(range(1, len(seqs) + 1))
        assert deleted.http.get("/api/messages").status_code == 401
        kept.write("after the restore")
        assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    assert "backup: made" in inloop(env, "doctor").stdout
