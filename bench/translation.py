"""What our path adds to CTranslate2 itself, and how long the event loop waits meanwhile.

The baseline is `ctranslate2.Translator.translate_batch` on the same sentences, already cut: the same packages, tokens
of the same tokenizers, all sentences of a message in one batch, the same beam, one thread, both steps through English,
and text again, and the same instructions of the processor; on whatever cores the system gives it, as one calls it. No
process beside, no second-best translations, no checks. What is there before is not searched for garbage, as in the
gateway that serves.
Both are measured message by message, each of them first with every other one.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import uvloop

from bench.real_size import archive_of
from bot.cli.commands.up import settled
from bot.settings import ROOT
from bot.text.sentences import split
from bot.translation import Pool, Translator, install
from bot.translation.engine.worker import BATCH_TOKENS, BEAM, Models
from encoder.runtime.processor import use_widest

TINY, REAL, WARM = 200, 30, 5
"""Messages with models of each size, after some that are not counted."""
LOADS = 3
"""Processes of ours, and loads of the models for the baseline: where in memory the weights come to lie makes a tenth,
for one side or the other."""
PEOPLE = ROOT / "tests/nlu/nl.jsonl"
"""Messages as people write them: of 89 characters in the middle, one to three sentences."""
SEVEN = (
    "Ik ben hier. Mijn baas heeft mijn paspoort en ik kan niet naar buiten. Hij wil {n} euro van mij. Ik werk {n} uur "
    "per dag en ik heb geen papieren. Wil je dat ik bel? Ik bel je om 14:30. Ik ben bang."
)
ONE = "Ik heb {n} euro."
PAIRS = ("nl_en", "en_ro")
LONGEST_MESSAGE = 4000
Row = tuple[str, str, str, str]


def direct(models: Models, steps: Sequence[str], sentences: list[str]) -> list[str]:
    """Tokens, CTranslate2, text; nothing else."""
    for step in steps:
        package, translator = models.get(step)
        tokens = [package.tokenizer.encode(sentence) for sentence in sentences]
        found = translator.translate_batch(
            tokens, max_batch_size=BATCH_TOKENS, batch_type="tokens", beam_size=BEAM, length_penalty=0.2,
            replace_unknowns=True,
        )  # fmt: skip
        sentences = [package.tokenizer.decode(result.hypotheses[0]) for result in found]
    return sentences


def spent(translator: Translator) -> float:
    """Processor seconds of this process and of those that translate."""
    times = [psutil.Process(pid).cpu_times() for pid in translator.pool.pids]
    return time.process_time() + sum(t.user + t.system for t in times)


async def both(where: Path, steps: Sequence[str], texts: Sequence[str]) -> list[Row]:
    """Three rows: all `texts` together, the median one, and the processor time of all, which depends less on whatever
    else runs on the machine. `LOADS` processes and as many loads of the models have an equal part of the texts each,
    the first `WARM` of a part not counted. Then the baseline is measured beside itself in the same way, with models of
    its own: how far the two are apart is what this machine's own unrest makes of a figure."""
    took: dict[str, list[float]] = {"ours": [], "theirs": [], "itself": [], "again": []}
    used = dict.fromkeys(took, 0.0)
    for place in range(LOADS):
        translator, models, others = Translator(where, Pool(1, 30, 1)), Models(1), Models(1)
        settled()
        for sides in (("ours", "theirs"), ("itself", "again")):
            for number, text in enumerate(texts[place::LOADS]):
                if number == WARM:
                    started, before = spent(translator), used["theirs"]
                sentences = split(text).sentences
                for side in sides if number % 2 else reversed(sides):  # whoever comes second finds it in the caches
                    began, computed = time.perf_counter(), time.process_time()
                    if side == "ours":
                        await translator.translate(text, "nl", "ro", conversation=number)
                        took[side] += [time.perf_counter() - began] * (number >= WARM)
                    else:
                        direct(others if side == "again" else models, steps, sentences)
                        took[side] += [time.perf_counter() - began] * (number >= WARM)
                        used[side] += (time.process_time() - computed) * (number >= WARM)
            if "ours" in sides:
                used["ours"] += spent(translator) - started - (used["theirs"] - before)
        await translator.close()

    def row(measure: str, of: dict[str, float], unit: str) -> Row:
        mine, other, itself, again = of.values()
        shown = f"{mine / other:.2f} times its cost (beside itself {again / itself:.2f})"
        factor, digits = (1000, 1) if unit == "ms" else (1, 2)
        return measure, f"{mine * factor:.{digits}f} {unit}", f"{other * factor:.{digits}f} {unit}", shown

    return [
        row("together", {side: sum(times) for side, times in took.items()}, "s"),
        row("median", {side: statistics.median(times) for side, times in took.items()}, "ms"),
        row("processor time", used, "s"),
    ]


async def held(translator: Translator | None, seconds: float) -> float:
    """The longest between two rounds of an event loop that always has something to do, alone or while four messages of
    the greatest length are translated at a time. In processor seconds of the whole process: other programs on the
    machine do not count, and a thread that computes meanwhile does."""
    longest, end = 0.0, time.perf_counter() + seconds

    async def watch() -> None:
        nonlocal longest
        before = time.process_time()
        while time.perf_counter() < end:
            await asyncio.sleep(0)
            now = time.process_time()
            longest, before = max(longest, now - before), now

    async def work(hand: int) -> None:
        number = 0
        while translator is not None and time.perf_counter() < end:
            number += 1
            text = f"{hand} {number} " + SEVEN.format(n=number) * 30
            await translator.translate(text[:LONGEST_MESSAGE], "nl", "ro", conversation=hand)

    await asyncio.gather(watch(), *(work(hand) for hand in range(4)))
    return longest


def translation_cost(folder: Path) -> list[Row]:
    """Rows of the table: Dutch through English to Romanian, with the tiny packages of the tests and with real sizes."""
    use_widest()  # as our process does: else the baseline would compute with less
    packages, large, made = folder / "packages", folder / "large", folder / "made"
    made.mkdir()
    for pair in PAIRS:
        tiny = ROOT / f"tests/support/translation/translate-{pair}-0_1.argosmodel"
        install(tiny, packages)
        install(archive_of(tiny, made), large)

    async def compared(size: str, where: Path, messages: int) -> list[Row]:
        steps = [str(where / f"translate-{pair}-0_1") for pair in PAIRS]
        rows: list[Row] = []
        written = [json.loads(line)["text"] for line in PEOPLE.read_text("utf-8").splitlines()]
        texts = messages + WARM * LOADS
        sets = {"messages as people write them": written[:texts]}
        for what, template in (("seven sentences", SEVEN), ("one short sentence", ONE)):
            sets[what] = [template.format(n=number + 20) for number in range(texts)]
        for what, said in sets.items():
            for measure, mine, other, shown in await both(where, steps, said):
                row = f"{what} translated and checked, beside CTranslate2 alone ({size}): {measure}"
                rows.append((row, mine, other, shown))
        return rows

    async def measured() -> list[Row]:
        # First, while this process is as small as a gateway, in which no model is ever loaded.
        translator = Translator(packages, Pool(1, 30, 1))
        settled()
        # Before the loop turns with nothing to do: what was not touched for seconds may have to be fetched again on a
        # machine that is shared, whoever asks for it.
        busy, alone = await held(translator, 5), await held(None, 5)
        await translator.close()
        said = "the event loop is held at most, in processor time, by four messages of 4,000 characters; by nothing"
        rows = await compared("models of the real size", large, REAL)
        rows += await compared("tiny models", packages, TINY)
        return [*rows, (said, f"{busy * 1000:.1f} ms", f"{alone * 1000:.1f} ms", "")]

    return uvloop.run(measured())  # the loop that the gateway runs on
