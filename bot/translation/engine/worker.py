"""The process that translates: `python -m bot.translation.engine.worker`. Requests come in on standard input, answers
go out, a line of JSON each; it ends when its input does.

It holds the models and, for a moment, a sentence. Before the first sentence comes it gives up opening connections,
writing files and starting programs, and nothing that a library prints or logs goes anywhere. Of the library it uses the
package (metadata, SentencePiece or BPE) and not the pipeline around it: that fetches a sentence splitter at its first
use, keeps texts in a cache without an end, and hands every text to its log.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from bot.translation.engine.packages import fault
from bot.translation.engine.wire import read, written
from bot.translation.errors import Damaged
from encoder.runtime.processor import use_widest

LOADED = 6
"""Models that are kept in memory; one of Argos has 60 to 250 MB."""
BEAM = 4
BATCH_TOKENS = 1024
_REFUSED = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "urllib.")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


def seal_off() -> None:
    """From here on this process opens no connection, writes no file and starts no program; it cannot be undone."""

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED):
            raise PermissionError(event)
        if event == "open" and (_writes(args[1]) or (isinstance(args[2], int) and args[2] & _WRITING)):
            raise PermissionError(event)

    sys.addaudithook(audit)


def _writes(mode: object) -> bool:
    return isinstance(mode, str) and any(letter in mode for letter in "wax+")


def keep_to_one_core(place: int) -> None:
    """This thread and those it starts compute on one core, another one for each `place`. CTranslate2 hands every step
    to a thread of its own and waits for it: on one core that is a twelfth of a short message faster, since no other
    core has to be woken. Where a system does not allow it, the threads go where they like, as before."""
    if not hasattr(os, "sched_setaffinity"):  # Linux alone has it
        return
    cores = sorted(os.sched_getaffinity(0), reverse=True)
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {cores[place % len(cores)]})


def import_library() -> Any:
    """`argostranslate.package`, without the folders it makes and the settings it reads in somebody's home."""
    for name in [name for name in os.environ if name.startswith(("ARGOS", "XDG_", "SNAP"))]:
        del os.environ[name]
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = "/nonexistent"
    makes, os.makedirs = os.makedirs, lambda *_, **__: None
    try:
        import argostranslate.package
        import argostranslate.tokenizer
    finally:
        os.makedirs = makes
    return argostranslate.package


class Models:
    """The packages in use, the least recent one given up first."""

    def __init__(self, threads: int) -> None:
        self._library = import_library()
        self._threads = threads
        self._loaded: OrderedDict[str, tuple[Any, Any]] = OrderedDict()
        self._whole: dict[str, bool] = {}

    def get(self, folder: str) -> tuple[Any, Any]:
        """(package, translator) of an installed package. Raises `Damaged` when a byte of it has changed, and whatever
        its parts raise when they are broken all the same."""
        if folder not in self._loaded:
            import ctranslate2

            if folder not in self._whole:  # once: a damaged one must not be read anew for each message
                self._whole[folder] = not fault(Path(folder))
            if not self._whole[folder]:
                raise Damaged(folder)
            package = self._library.Package(Path(folder))
            translator = ctranslate2.Translator(
                str(package.package_path / "model"), device="cpu", inter_threads=1, intra_threads=self._threads
            )
            package.tokenizer.encode("a")
            self._loaded[folder] = package, translator
            while len(self._loaded) > LOADED:
                self._loaded.popitem(last=False)
        self._loaded.move_to_end(folder)
        return self._loaded[folder]

    def translate(self, steps: Sequence[str], sentences: list[str], alternatives: int) -> list[list[str]]:
        """The `alternatives` best translations of each sentence through the packages `steps`, best first. Only the last
        step has several."""
        for folder in steps[:-1]:
            sentences = [best for best, *_ in self._step(folder, sentences, 1)]
        return self._step(steps[-1], sentences, alternatives)

    def _step(self, folder: str, sentences: list[str], alternatives: int) -> list[list[str]]:
        package, translator = self.get(folder)
        prefix = package.target_prefix
        results = translator.translate_batch(
            [package.tokenizer.encode(sentence) for sentence in sentences],
            target_prefix=[[prefix]] * len(sentences) if prefix else None,
            replace_unknowns=True,
            max_batch_size=BATCH_TOKENS,
            batch_type="tokens",
            beam_size=max(BEAM, alternatives),
            num_hypotheses=alternatives,
            length_penalty=0.2,
        )
        return [[self._text(package, tokens) for tokens in result.hypotheses] for result in results]

    @staticmethod
    def _text(package: Any, tokens: list[str]) -> str:
        text: str = package.tokenizer.decode(tokens)
        return text.removeprefix(package.target_prefix).strip()


def answer(models: Models, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request; an error has the kind of the failure and never its message."""
    try:
        found = models.translate(request["steps"], request["sentences"], request["alternatives"])
    except Damaged as damaged:
        return {"id": request["id"], "error": "Damaged", "damaged": damaged.folder}
    except Exception as error:  # noqa: BLE001 - whatever a broken package raises; its text may hold a sentence
        return {"id": request["id"], "error": type(error).__name__}
    return {"id": request["id"], "sentences": found}


def serve(source: BinaryIO, sink: BinaryIO, threads: int, place: int = 0) -> None:
    """Answers until `source` ends. `place`: of this process among those that translate."""
    use_widest()
    if threads == 1:
        keep_to_one_core(place)
    models = Models(threads)
    import ctranslate2
    import sentencepiece  # noqa: F401 - imported before the door is shut

    ctranslate2.set_log_level(logging.CRITICAL)
    logging.disable(logging.CRITICAL)
    seal_off()
    sink.write(b'{"ready": true}\n')
    sink.flush()
    for line in source:
        sink.write(written(answer(models, read(line))))
        sink.flush()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--place", type=int, default=0)
    options = parser.parse_args()
    sink = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    serve(sys.stdin.buffer, sink, options.threads, options.place)


if __name__ == "__main__":
    main()
