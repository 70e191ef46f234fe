"""What the model makes of texts, without a server: ``python -m engine.server.parse --model
models/rasa/inloop.tar.gz``.

Reads JSON lines ``{"id", "text", "vector"}`` (the vector in base64 float32, optional) and writes, in the same
order, ``{"id", "topic", "confidence", "ranking", "unsure"}``, or ``{"id", "error"}`` for a line that cannot
be read. It uses the parser of the dialogue engine itself, so the answers are those of production.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import queue
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from engine.server.quiet import prepare_environment

prepare_environment()

from engine.server.quiet import silence  # noqa: E402


async def classify(model: Path, lines: TextIO, output: TextIO) -> None:
    """Answer every line of ``lines`` on ``output``."""
    from rasa.core.channels.channel import UserMessage

    from engine.server.agent import load_agent
    from engine.server.channel import FALLBACK, RANKING
    from engine.server.reading import BadRequest, read_turn

    agent = load_agent(model)
    silence()
    for line in read_ahead(lines):
        if not line.strip():
            continue
        identifier: Any = None
        answer: dict[str, Any]
        try:
            entry = json.loads(line)
            identifier = entry.get("id")
            turn = read_turn(
                {"conversation": "x", "text": entry["text"], "metadata": {"vector": entry.get("vector")}},
                frozenset(),
            )
            parsed = await agent.processor.parse_message(UserMessage(turn.text, metadata=turn.metadata))
            ranking = [
                (e["name"], e["confidence"]) for e in parsed["intent_ranking"] if e["name"] != FALLBACK
            ]
            answer = {
                "id": identifier,
                "topic": ranking[0][0],
                "confidence": ranking[0][1],
                "ranking": ranking[:RANKING],
                "unsure": parsed["intent"]["name"] == FALLBACK,
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = str(error) if isinstance(error, BadRequest) else "not understood"
            answer = {"id": identifier, "error": reason}
        output.write(json.dumps(answer, ensure_ascii=True) + "\n")
        output.flush()


def read_ahead(lines: TextIO) -> Iterator[str]:
    """Yield the lines, read by a thread of their own: a caller that writes all before it reads must not be
    kept waiting by answers that it has not taken yet.
    """
    waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in lines:
            waiting.put(line)
        waiting.put(None)

    threading.Thread(target=read, name="read-ahead", daemon=True).start()
    while (line := waiting.get()) is not None:
        yield line


def main(arguments: list[str] | None = None) -> int:
    """Classify until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m engine.server.parse", description="Classify JSON lines.")
    parser.add_argument("--model", type=Path, default=Path("models/rasa/inloop.tar.gz"))
    options = parser.parse_args(arguments)
    if not options.model.is_file():
        print("engine: there is no model; train it with python -m engine.training.train", file=sys.stderr)
        return 2
    silence()
    # Nothing but answers may come out on standard output, whatever a library prints.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with output, open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False) as lines:
        asyncio.run(classify(options.model, lines, output))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
