"""Admit new conversations at a cost while very many are begun: work for the browser, or a wait without scripts. Nobody
is blocked: who pays is admitted from any address, and who has a conversation already is not asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable

from bot.security import proof_of_work
from bot.security.decaying_counter import Recent

EASIEST, HARDEST = 12, 18
"""Bits. 2**12 hashes are some hundredths of a second on a phone, 2**18 some seconds on a cheap one."""

GRACE = 4
"""How many bits too few a solved challenge may have by now: a phone need not start again because of a surge."""

SHORTEST, LONGEST = 5.0, 30.0
"""Seconds of waiting in place of work."""

USABLE = 300.0
"""Seconds that a challenge can be used, after it could be for the first time."""

EVERYBODY = 5
"""How much all sources may begin together before each has a cost, as a multiple of what one may begin."""

ALL = "*"


class WorkNeeded(Exception):
    """Work is asked for, and no conversation was begun. `challenge` (plain characters) is to be solved with `bits`, or
    handed in again as it is after `seconds`."""

    def __init__(self, challenge: str, bits: int, seconds: int) -> None:
        super().__init__("work needed")
        self.challenge = challenge
        self.bits = bits
        self.seconds = seconds


class Gate:
    """Admits new conversations, and counts them in the memory of this process. `key` (32 bytes) is shared by all
    gateways, so that each accepts the challenges of the others; one that is used twice is noticed by the same gateway
    alone. `own` and `everybody`: new conversations in a minute, of one source and of all together, before there is a
    cost. `now` is the time of day in seconds, for what is in a challenge; `steady` is a monotonic clock in seconds, for
    what is counted here."""

    def __init__(
        self, key: bytes, own: int, everybody: int, now: Callable[[], float], steady: Callable[[], float],
        spent_limit: int = 200_000,
    ) -> None:  # fmt: skip
        self._key = hashlib.blake2b(key, digest_size=32, person=b"inloop:gate").digest()
        self._own = own
        self._everybody = everybody
        self._now = now
        self._steady = steady
        self._recent = Recent()
        self._waited = Recent()
        self._lines: OrderedDict[str, float] = OrderedDict()
        self._spent: OrderedDict[str, float] = OrderedDict()
        self._spent_limit = spent_limit

    def enter(self, source: str, proof: str = "", least: int = 0) -> None:
        """Admit one new conversation of a (hashed) source. `proof`: a challenge, with its solution
        (`challenge~n.n.n.n`) or alone when its time has come. `least`: bits that it costs in any case. Raises
        `WorkNeeded`. Check and reservation are one step: nothing is awaited in here."""
        bits = min(HARDEST, max(least, self._bits(source)))
        if bits and not self._paid(source, proof, bits, self._now()):
            raise self._asked(source, proof.partition("~")[0], bits, self._now())
        self._recent.add(source, self._steady())
        self._recent.add(ALL, self._steady())

    def _bits(self, source: str) -> int:
        """Return the bits of work that are asked for now; 0 where there is no cost."""
        counted = self._steady()
        own, everybody = self._recent.count(source, counted) + 1, self._recent.count(ALL, counted) + 1
        pressure = max(own / self._own, everybody / self._everybody)
        if pressure <= 1:
            return 0
        return min(HARDEST, EASIEST + math.floor(2 * math.log2(pressure)))

    def _paid(self, source: str, proof: str, bits: int, now: float) -> bool:
        challenge, _, numbers = proof.partition("~")
        read = self._read(challenge)
        if read is None or challenge in self._spent:
            return False
        given, ready, ends = read
        if now >= ends:
            return False
        worked = given >= bits - GRACE and proof_of_work.solved(challenge, given, numbers.split("."))
        if not worked and (now < ready or not self._may_have_waited(source)):
            return False
        self._spent[challenge] = ends
        self._forget(now)
        return True

    def _may_have_waited(self, source: str) -> bool:
        """Return whether one more of a source may be admitted by waiting: as many as could begin without a cost. Who
        collects challenges, which is free, has to work for the rest."""
        counted = self._steady()
        if self._waited.count(source, counted) + 1 > self._own:
            return False
        self._waited.add(source, counted)
        return True

    def _asked(self, source: str, challenge: str, bits: int, now: float) -> WorkNeeded:
        """Return the error; with the same challenge while it is valid, so that a retry too early loses nothing."""
        read = self._read(challenge)
        sooner = read is not None and read[1] - now <= LONGEST + 1  # not of a clock that was set back since
        if read is not None and sooner and challenge not in self._spent and now < read[2] and read[0] >= bits - GRACE:
            return WorkNeeded(challenge, read[0], max(1, math.ceil(read[1] - now)))
        counted = self._steady()
        wait = min(LONGEST, max(SHORTEST, self._lines.get(source, -LONGEST) + 60 / self._own - counted))
        self._lines[source] = counted + wait
        self._lines.move_to_end(source)
        while len(self._lines) > self._spent_limit:
            self._lines.popitem(last=False)
        whole = math.floor(now + wait)  # never later than what is said: whoever waits that long is not sent back
        said = f"{bits}.{whole}.{whole + USABLE:.0f}.{secrets.token_urlsafe(9)}"
        return WorkNeeded(f"{said}.{self._signed(said)}", bits, math.ceil(whole - now))

    def _read(self, challenge: str) -> tuple[int, float, float] | None:
        """Return the bits of a challenge, and from when and until when it is valid; None where its signature is not
        ours. It is not bound to a source: phones change their address while they wait."""
        said, _, mac = challenge.rpartition(".")
        if not hmac.compare_digest(self._signed(said).encode(), mac.encode("utf-8", "replace")):
            return None
        bits, ready, ends, _ = said.split(".")
        return int(bits), float(ready), float(ends)

    def _signed(self, said: str) -> str:
        mac = hashlib.blake2b(said.encode("utf-8", "replace"), key=self._key, digest_size=16).digest()
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")

    def _forget(self, now: float) -> None:
        while self._spent and (next(iter(self._spent.values())) <= now or len(self._spent) > self._spent_limit):
            self._spent.popitem(last=False)
