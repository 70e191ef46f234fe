"""Runs in the engine's environment: which distributions its processes have in memory once they serve.

``python -m tests.process.engine.inside.loaded models/rasa/inloop.tar.gz`` prints a JSON list of their names.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from importlib.metadata import distributions
from pathlib import Path

from engine.server.quiet import prepare_environment

prepare_environment()

from engine.server import actions_serve, serve  # noqa: E402, F401 - both processes
from engine.server.action_endpoint import KeptEndpoint  # noqa: E402
from engine.server.agent import load_agent  # noqa: E402
from engine.server.tracker_store import MemoryTrackerStore  # noqa: E402

PLACEHOLDERS = {"tensorflow", "tensorflow_hub", "tensorflow_text", "keras", "jax"}
"""Names that stand for nothing: engine/server/no_tensorflow.py."""


async def understand(model: Path) -> None:
    """A model is loaded, and a text goes through all of the pipeline."""
    store = MemoryTrackerStore(max_conversations=10, time_to_live=60.0)
    agent = load_agent(model, store, KeptEndpoint("http://127.0.0.1:9/webhook"))
    await agent.parse_message("where can I sleep")


def file_of(module: object) -> str | None:
    """Of code that was loaded; None for what is built in, a placeholder, or a folder without code."""
    file = vars(module).get("__file__") if hasattr(module, "__dict__") else None
    return file if isinstance(file, str) else None


def main() -> None:
    asyncio.run(understand(Path(sys.argv[1])))
    for name in PLACEHOLDERS:  # nothing of the real one: it would be a file
        assert getattr(sys.modules.get(name), "__file__", None) is None, name
    loaded = {str(Path(file).resolve()) for module in list(sys.modules.values()) if (file := file_of(module))}
    found = {
        re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
        for distribution in distributions()
        # by its files: a third of the packages do not say what their modules are called
        if any(str(Path(distribution.locate_file(file)).resolve()) in loaded for file in distribution.files or ())
    }
    print(json.dumps(sorted(found)))


if __name__ == "__main__":
    main()
