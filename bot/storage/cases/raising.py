"""What a turn does to the queue, inside the turn's transaction: opens a case, raises it, or withdraws it.

The conversation's row is locked by then, so nothing else changes the case meanwhile.
"""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import DANGER, Deed
from bot.domain.handoff import IllegalMove, Move, move
from bot.domain.model import CaseChange, Handoff, Urgency
from bot.domain.organisations import EVERY, FIRST
from bot.domain.statistics import hour
from bot.storage.database.engine import Database
from bot.storage.oncall.escalations import begin_ladder, end_ladder
from bot.storage.records.audit_log import append
from bot.storage.records.statistics import count, danger_since
from bot.storage.sealing.envelopes import seal
from bot.storage.tables.cases import held_replies
from bot.storage.tables.conversations import case_whys, cases, conversations, outbox

log = logging.getLogger(__name__)

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without what looks or sounds like something else when it is read aloud or written down."""
RANKS = tuple(Urgency)
WITHDRAWN = "withdrawn by the person"


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """What a case is raised for: the message `seq` of a conversation, in which `part` of its turn. `why`
    is sealed with the conversation's public key and to this place."""

    conversation: int
    public: bytes
    seq: int
    part: str


async def raise_case(
    database: Database, connection: AsyncConnection, where: Place, change: CaseChange, now: datetime
) -> str | None:
    """Open the conversation's case, or raise the open one: urgency never falls, signals are united.

    When the case is new or its urgency rose, somebody is called: whoever is on call, or its owner, if `change` asks for
    it, who owes a word from now. So does a danger in a case that is muted, which ends that: then its number is
    returned, for `note_unmuted` at the end of the transaction.
    """
    c = cases.c
    query = select(c.id, c.number, c.urgency, c.signals, c.owner, c.muted_until)
    found = await connection.execute(
        query.where(cases.c.conversation == where.conversation, cases.c.state != Handoff.CLOSED.value)
    )
    row = found.first()
    urgency = change.urgency
    if row is None:
        case_id, number = await _open(database, connection, where.conversation, change, now)
        owner, rose, muted = None, True, False
    else:
        before = RANKS[row.urgency]
        urgency = before.at_least(change.urgency)
        signals = _united(row.signals, change.signals)
        case_id, number, owner = row.id, row.number, row.owner
        muted = row.muted_until is not None and now < row.muted_until
        rose = urgency is not before or (muted and change.urgency is not Urgency.NONE)
        if rose or signals != row.signals:
            mine = cases.c.id == case_id
            anew = {"heard_at": None, "muted_until": None} if rose else {}
            await connection.execute(update(cases).where(mine).values(urgency=urgency.rank, signals=signals, **anew))
    if rose and urgency is not Urgency.NONE:
        await danger_since(connection, case_id, now)
    if change.why:
        plain = json.dumps(change.why, ensure_ascii=False).encode()
        envelope = seal(where.public, plain, sealed_why(case_id, where.seq, where.part))
        await connection.execute(
            insert(case_whys).values(case_id=case_id, seq=where.seq, part=where.part, envelope=envelope)
        )
    if rose and owner is None:
        await begin_ladder(connection, case_id, urgency, now)
    elif rose and owner is not None and change.page:
        await _call_owner(connection, case_id, number, owner, urgency, now)
    return number if muted and rose else None


async def note_unmuted(database: Database, connection: AsyncConnection, number: str | None, now: datetime) -> None:
    """Write down that a danger ended the mute of this case, of which `raise_case` told; None: it ended none. The last
    statement of a transaction, as every row of the audit log is, which raising a case is not.

    It is nobody's deed: where the log is broken, the danger is stored without its row.
    """
    if number is None:
        return
    try:
        async with connection.begin_nested():
            await append(database, connection, now, Deed.UNMUTED, case=number, reason=DANGER)
    except SQLAlchemyError as error:
        log.error("audit.not_written", extra={"case": number, "error": type(error).__name__})


async def _call_owner(
    connection: AsyncConnection, case_id: int, number: str, owner: int, urgency: Urgency, now: datetime
) -> None:
    """One page to whoever has the case; when no word follows, it is offered again like any other."""
    mine = update(cases).where(cases.c.id == case_id)
    await connection.execute(mine.values(claimed_at=now, spoke_at=None))
    payload = json.dumps({"case_number": number, "urgency": urgency.value, "caseworker": owner})
    await connection.execute(insert(outbox).values(kind="owner", payload=payload, created_at=now, due_at=now))


async def withdraw_case(connection: AsyncConnection, conversation: int, state: Handoff, now: datetime) -> None:
    """The person no longer wants a caseworker. Raises `IllegalMove` while an emergency stands.

    Where nothing waits there is nothing to withdraw, and that is no error.
    """
    if state is not Handoff.WAITING:
        return
    query = select(cases.c.id, cases.c.urgency)
    found = await connection.execute(
        query.where(cases.c.conversation == conversation, cases.c.state == Handoff.WAITING.value)
    )
    row = found.one()
    if RANKS[row.urgency] is Urgency.EMERGENCY:
        raise IllegalMove("an emergency is not withdrawn: a caseworker looks at it")
    closed = {"state": Handoff.CLOSED.value, "closed_at": now, "outcome": WITHDRAWN, "danger_at": None}
    await connection.execute(update(cases).where(cases.c.id == row.id).values(**closed))
    await connection.execute(delete(held_replies).where(held_replies.c.case_id == row.id))
    after = move(state, Move.CANCEL).value
    mine = conversations.c.id == conversation
    await connection.execute(update(conversations).where(mine).values(state=after))
    await end_ladder(connection, row.id, "withdrawn", now)


def sealed_why(case_id: int, seq: int, part: str) -> str:
    """The row a reason is sealed to."""
    return f"why:{case_id}:{seq}:{part}"


def new_number() -> str:
    """A case number such as `K7-M2F`; random, so it says nothing about how many there were."""
    drawn = [secrets.choice(ALPHABET) for _ in range(5)]
    return f"{''.join(drawn[:2])}-{''.join(drawn[2:])}"


async def _open(
    database: Database, connection: AsyncConnection, conversation: int, change: CaseChange, now: datetime
) -> tuple[int, str]:
    row: dict[str, Any] = {
        "conversation": conversation,
        "state": Handoff.WAITING.value,
        "urgency": change.urgency.rank,
        "signals": _united("[]", change.signals),
        "opened_at": now,
        "waiting_since": now,
    }
    before = select(cases.c.organisation).where(cases.c.conversation == conversation, cases.c.organisation != EVERY)
    organisation = (await connection.execute(before.order_by(cases.c.id.desc()).limit(1))).scalar()
    row["organisation"] = organisation or FIRST  # who comes back comes to those who know them
    query = database.insert_new(cases).returning(cases.c.id, cases.c.number)
    while True:  # the number may be taken: 28 million of them, so hardly ever twice
        made = (await connection.execute(query.values(number=new_number(), **row))).first()
        if made is not None:
            await count(database, connection, now, ("opened", hour(now, database.zone)), ("urgency", change.urgency))
            return made.id, made.number


def _united(before: str, signals: tuple[str, ...]) -> str:
    return json.dumps(sorted({*json.loads(before), *signals}))
