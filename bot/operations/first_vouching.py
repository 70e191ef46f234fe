"""A database of before is trusted as it stands, once; whatever nobody vouches for from then on is told."""

from __future__ import annotations

import logging
from pathlib import Path

from bot.storage.store import Store

log = logging.getLogger(__name__)

DONE = "vouched"
"""Name of the file in the data folder which says that the database was trusted once. It is no part of the database, so
that whoever can only write there does not make it be trusted again."""


async def vouch_once(store: Store, folder: Path) -> None:
    """At the start of a gateway."""
    if not _done(folder):
        if await store.never_vouched():
            await store.vouch_for_all()
            log.warning("keys.trusted_on_first_use")
        note_done(folder)
    await tell(store)


async def trust_restored(store: Store, folder: Path) -> None:
    """After a restore on a machine whose page key is another one, on which nothing would hold: the backup says who made
    it. Where some of it holds, what does not was wrong before."""
    if await store.nothing_holds():
        await store.vouch_for_all()
        log.warning("keys.trusted_after_restore")
    note_done(folder)


async def tell(store: Store) -> None:
    """Into the log, by kind and number."""
    for what in await store.unvouched():
        log.error("keys.unvouched", extra={"what": what.partition(",")[0]})


def note_done(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / DONE).touch(mode=0o600)


def _done(folder: Path) -> bool:
    return (folder / DONE).exists()
