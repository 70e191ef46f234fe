"""The one door of this package: a text from one language into another, checked, or the reason why not."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bot.text.sentences import Split, split
from bot.translation.checks.checks import SAYS_NOTHING, Doubt, check, clean, compared, in_order
from bot.translation.checks.sentence import Side
from bot.translation.engine.packages import MIDDLE, Installed, route, scan, usable
from bot.translation.engine.pool import Pool
from bot.translation.errors import Damaged, Reason, Unavailable
from bot.translation.memory import Kept, Key, Memory
from encoder.runtime.transliteration import native

log = logging.getLogger(__name__)

BEST_OF = 4
"""The model's best translations of a sentence among which the first without a doubt is taken."""
GIVE_WAY = 0.0001
"""Seconds that a thread rests between two sentences: time enough for the event loop to go on, which else waits 5 ms
each time that it asks for its turn."""
_MENDABLE = 2
"""More doubts than this about the first are those of all: it was not understood."""
QUICK = 600
"""Characters up to which a text is checked on the event loop: about a millisecond."""


@dataclass(frozen=True, slots=True, repr=False)
class Translation:
    """`doubts` are what `checks` found. `via`: the languages it went through, both ends included. `sound`: the text
    without the sentences that stayed in the old language or are much too short or long, of what somebody wrote."""

    text: str
    doubts: tuple[Doubt, ...]
    via: tuple[str, ...]
    sound: str = ""

    def __repr__(self) -> str:
        return f"Translation(via={self.via}, doubts={self.doubts})"


EVERYTHING = "Op 12 mei, maandag, 250 € in Brugge, Kerkstraat 5: ik heb twee uren en geen euro, hij niet?"
"""Has of each kind that the checks look for."""


class Translator:
    """Translates with the packages in `folder`. Which there are is looked up once, when it is made; one that is found
    changed when it is to be loaded is not used from there on."""

    def __init__(
        self, folder: Path, pool: Pool, *, names: Collection[str] = (), now: Callable[[], float] = time.monotonic
    ) -> None:
        self._use(scan(folder))
        self._pool = pool
        self._names = tuple(names)
        self._memory: Memory[Translation] = Memory(now)
        self._thread = ThreadPoolExecutor(1, "translation-checks")
        if self._usable:  # what is compared with is read now: the first message would hold everybody's loop for it
            _read(EVERYTHING, "nl")
            self._thread.submit(check, [(EVERYTHING, EVERYTHING)], "nl", "en", self._names).result()
        self._under_way: dict[tuple[int, Key], asyncio.Task[Translation]] = {}

    @property
    def packages(self) -> Sequence[Installed]:
        return self._packages

    @property
    def pool(self) -> Pool:
        return self._pool

    def can(self, source: str | None, target: str) -> bool:
        """Whether there is a way from `source` to `target`, through English or direct."""
        return source is not None and route(self._usable, source, target) is not None

    def partners(self, own: str) -> list[str]:
        """The languages that can be translated into `own` and back, in order."""
        codes = sorted({code for pair in self._usable for code in pair})
        return [code for code in codes if self.can(code, own) and self.can(own, code)]

    async def translate(
        self, text: str, source: str | None, target: str, *, conversation: int, patient: bool = False
    ) -> Translation:
        """`text` in `target`. `patient`: nobody waits in front of a screen for it. Raises `Unavailable`."""
        steps = self._steps(source, target)
        assert source is not None
        text = native(text, source)  # the packages know no Ukrainian in Latin letters
        key = (hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest(), source, target)
        kept = self._memory.of(conversation)
        known = kept.get(key)
        if known is not None:
            return known
        task = self._under_way.get((conversation, key))
        if task is None:
            work = self._remembered(text, source, target, steps, kept, key, patient)
            task = asyncio.Task(work, loop=asyncio.get_running_loop(), eager_start=True)
            self._under_way[conversation, key] = task
            task.add_done_callback(lambda _: self._under_way.pop((conversation, key), None))
        return await asyncio.shield(task)

    async def alternatives(self, text: str, source: str | None, target: str, count: int = BEST_OF) -> list[Translation]:
        """Up to `count` different translations, the model's best first. Raises `Unavailable`."""
        steps = self._steps(source, target)
        assert source is not None
        parts = split(text)
        found = await self._run(steps, parts, count, patient=False)
        texts = dict.fromkeys(parts.filled([options[place] for options in found]) for place in range(count))
        return await self._beside(self._each_checked, parts, list(texts), source, target)

    async def check(self, original: str, source: str, text: str, target: str) -> tuple[Doubt, ...]:
        """The doubts about `text`, whoever wrote it, as a translation of `original`."""
        return await self._beside(self._whole, split(original), text, source, target)

    def forget(self, conversation: int) -> None:
        """Nothing of the conversation is remembered any more, nor what is just being translated of it."""
        self._memory.forget(conversation)

    async def close(self) -> None:
        for task in list(self._under_way.values()):
            task.cancel()
        self._memory.close()
        self._thread.shutdown(wait=False, cancel_futures=True)
        await self._pool.close()

    async def _beside[**P, T](self, work: Callable[P, T], *of: P.args, **named: P.kwargs) -> T:
        """What takes long, beside the event loop, one after another: a thread holds it up for 5 ms, four of them for
        20. Raises `Unavailable` when it is closed."""
        try:
            done = asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *of, **named))
        except RuntimeError:  # closed: the gateway stops
            raise Unavailable(Reason.BROKEN) from None
        return await done

    # -- inside ------------------------------------------------------------------------------------

    def _use(self, packages: Sequence[Installed]) -> None:
        self._packages = packages
        self._usable = usable(packages)
        self._folders = {step: str(package.folder.absolute()) for step, package in self._usable.items()}

    def _not_used(self, folder: str) -> None:
        """Until the gateway is started again, with a package that is whole."""
        for package in self._usable.values():
            if self._folders[package.source, package.target] == folder:
                log.error("translation.package_damaged", extra={"package": f"{package.source} -> {package.target}"})
                spoilt = replace(package, fault="it is not what was installed")
                self._use([spoilt if each is package else each for each in self._packages])
                return

    def _steps(self, source: str | None, target: str) -> list[tuple[str, str]]:
        if source is None:
            raise Unavailable(Reason.UNKNOWN)
        steps = route(self._usable, source, target)
        if steps is None:
            raise Unavailable(Reason.MISSING)
        return list(steps)

    async def _remembered(
        self, text: str, source: str, target: str, steps: list[tuple[str, str]], kept: Kept[Translation], key: Key,
        patient: bool,
    ) -> Translation:  # fmt: skip
        quick = len(text) <= QUICK  # a thread would cost as much as the checks
        parts, ours = _read(text, source) if quick else await self._beside(_read, text, source)

        def look_up() -> None:
            for side in ours if quick else ():
                side.looked_up()

        found = await self._run(steps, parts, BEST_OF, patient=patient, meanwhile=look_up)
        if quick:
            best = self._best(ours, found, target)
        else:
            best = await self._beside(self._best, ours, found, target)
        doubts = in_order({doubt for _, wrong in best for doubt in wrong}.union(check((), source, target)))
        via = (source, MIDDLE, target) if len(steps) > 1 else (source, target)
        text = parts.filled([text for text, _ in best])
        sound = text if SAYS_NOTHING.isdisjoint(doubts) else parts.filled(_sound(best)).strip()
        made = Translation(text, doubts if best else (), via, sound)
        kept.put(key, made)
        return made

    async def _run(
        self,
        steps: list[tuple[str, str]],
        parts: Split,
        count: int,
        *,
        patient: bool,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> list[list[str]]:
        if not parts.sentences:
            return []
        folders = [self._folders[step] for step in steps]
        try:
            return await self._pool.run(folders, parts.sentences, count, patient=patient, meanwhile=meanwhile)
        except Damaged as damaged:
            self._not_used(damaged.folder)
            raise

    def _best(self, ours: Sequence[Side], found: list[list[str]], target: str) -> list[tuple[str, set[Doubt]]]:
        """Of each sentence the first translation without a doubt, else the model's own first, with its doubts."""
        best: list[tuple[str, set[Doubt]]] = []
        for sentence, options in zip(ours, found, strict=True):
            if threading.current_thread() is not threading.main_thread():
                time.sleep(GIVE_WAY)
            best.append(self._best_of(sentence, options, target))
        return best

    def _best_of(self, sentence: Side, options: list[str], target: str) -> tuple[str, set[Doubt]]:
        """Most often the first is right, and then the others are not looked at; what is wrong with it is likely to be
        wrong with them."""
        first, *others = dict.fromkeys(options)
        wrong = compared(sentence, Side(first, target), self._names)
        for text in others if 0 < len(wrong) <= _MENDABLE else ():
            if clean(sentence, Side(text, target), self._names, wrong):
                return text, set()
        return first, wrong

    def _each_checked(self, parts: Split, texts: list[str], source: str, target: str) -> list[Translation]:
        return [Translation(text, self._whole(parts, text, source, target), (source, target)) for text in texts]

    def _whole(self, parts: Split, text: str, source: str, target: str) -> tuple[Doubt, ...]:
        """Sentence by sentence where there are equally many, else all at once."""
        ours, theirs = parts.sentences, split(text).sentences
        if len(ours) != len(theirs):
            ours, theirs = ["".join(piece for _, piece in parts.pieces)], [text]
        return check(list(zip(ours, theirs, strict=True)), source, target, self._names)


def _read(text: str, source: str) -> tuple[Split, list[Side]]:
    parts = split(text)
    return parts, [Side(sentence, source) for sentence in parts.sentences]


def _sound(best: Sequence[tuple[str, set[Doubt]]]) -> list[str]:
    return [text if SAYS_NOTHING.isdisjoint(wrong) else "" for text, wrong in best]
