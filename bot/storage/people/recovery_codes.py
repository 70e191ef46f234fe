"""Recovery codes: ten, each good once in place of the code app or a passkey. The password stays needed.

A code has 80 random bits, so a hash is enough; it is bound to its caseworker. What was used has no row any more.
"""

from __future__ import annotations

import secrets

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.sealing.envelopes import digest
from bot.storage.tables.log_in import recovery_codes

HOW_MANY = 10
LENGTH = 16
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 as Crockford has it: no letter that looks like a number."""
MISREAD = str.maketrans("OIL", "011")


def new_code() -> str:
    """Four groups of four, such as `7K2M-09XB-QQ4T-E5RA`."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(code[i : i + 4] for i in range(0, LENGTH, 4))


def normalise_recovery(code: str) -> str:
    """A code as it is compared: case, spaces, hyphens and look-alikes do not matter; empty for what is none."""
    plain = "".join(c for c in code.upper() if c not in " -\t\u2010\u2011\u2013").translate(MISREAD)
    return plain if len(plain) == LENGTH and set(plain) <= set(LETTERS) else ""


async def renew_recovery(connection: AsyncConnection, caseworker: int) -> list[str]:
    """Ten new codes; the old ones are worth nothing any more."""
    codes = [new_code() for _ in range(HOW_MANY)]
    await forget_recovery(connection, caseworker)
    rows = [{"caseworker": caseworker, "hash": _hashed(caseworker, normalise_recovery(code))} for code in codes]
    await connection.execute(insert(recovery_codes), rows)
    return codes


async def forget_recovery(connection: AsyncConnection, caseworker: int) -> None:
    """The caseworker has no codes any more."""
    await connection.execute(delete(recovery_codes).where(recovery_codes.c.caseworker == caseworker))


async def use_recovery(connection: AsyncConnection, caseworker: int, code: str) -> bool:
    """Uses a code up; whether there was such a one."""
    c = recovery_codes.c
    mine = and_(c.caseworker == caseworker, c.hash == _hashed(caseworker, normalise_recovery(code)))
    return (await connection.execute(delete(recovery_codes).where(mine))).rowcount == 1


async def recovery_left(connection: AsyncConnection, caseworker: int) -> int:
    """How many codes have not been used."""
    mine = recovery_codes.c.caseworker == caseworker
    return int((await connection.execute(select(func.count()).select_from(recovery_codes).where(mine))).scalar_one())


def _hashed(caseworker: int, code: str) -> bytes:
    return digest(f"{caseworker}:{code}", b"inloop:recovery")
