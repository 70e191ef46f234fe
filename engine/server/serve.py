"""The engine's process: ``python -m engine.server.serve --port P --actions-port A --model
models/rasa/inloop.tar.gz``.

It starts its action server, loads the model, and serves the one channel on loopback until standard input
closes.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
import time
from pathlib import Path

from engine.server.quiet import prepare_environment

prepare_environment()

from sanic import Sanic, response  # noqa: E402
from sanic.exceptions import SanicException  # noqa: E402
from sanic.request import Request  # noqa: E402
from sanic.response import HTTPResponse  # noqa: E402

from engine.server.action_endpoint import KeptEndpoint  # noqa: E402
from engine.server.actions_process import ActionsProcess  # noqa: E402
from engine.server.parent import end_with_parent, read_secret  # noqa: E402
from engine.server.quiet import kind_and_place, silence  # noqa: E402

HOST = "127.0.0.1"
MAX_BODY = 256 * 1024

log = logging.getLogger("engine.server.serve")


def make_app(
    secret: str, model: Path, actions_url: str, max_conversations: int, time_to_live: float
) -> Sanic:
    """Return the Sanic application; the model is loaded before it accepts connections."""
    from rasa.core.channels.channel import UserMessage

    from engine.server.agent import load_agent
    from engine.server.channel import InloopChannel
    from engine.server.tracker_store import MemoryTrackerStore

    app = Sanic("inloop_engine", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.config.KEEP_ALIVE_TIMEOUT = 120
    app.config.FALLBACK_ERROR_FORMAT = "json"
    endpoint = KeptEndpoint(actions_url)
    store = MemoryTrackerStore(max_conversations=max_conversations, time_to_live=time_to_live)

    async def load(app: Sanic, _: object) -> None:
        app.ctx.agent = load_agent(model, store, endpoint)
        # Rasa and the models stay: each search for garbage that goes through them too would hold everybody for 120 ms.
        gc.collect()
        gc.freeze()

    async def close(_: Sanic, __: object) -> None:
        await endpoint.close()

    async def handle(message: UserMessage) -> None:
        await app.ctx.agent.handle_message(message)

    async def failed(_: Request, error: Exception) -> HTTPResponse:
        # Sanic's own page quotes the path and, in debug, the request.
        status = getattr(error, "status_code", 500) if isinstance(error, SanicException) else 500
        if status >= 500:
            log.error("request failed: %s", kind_and_place(error))
        return response.json({"error": "request failed"}, status=status)

    app.register_listener(load, "before_server_start")
    app.register_listener(close, "after_server_stop")
    app.error_handler.add(Exception, failed)
    channel = InloopChannel(secret, store, lambda: app.ctx.agent)
    app.blueprint(channel.blueprint(handle), url_prefix="/webhooks/inloop")
    return app


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop."""
    began = time.monotonic()
    parser = argparse.ArgumentParser(prog="python -m engine.server.serve", description="Serve the dialogue engine.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--actions-port", type=int, required=True)
    parser.add_argument("--model", type=Path, default=Path("models/rasa/inloop.tar.gz"))
    parser.add_argument("--max-conversations", type=int, default=20_000)
    parser.add_argument("--conversation-seconds", type=float, default=24 * 3600.0)
    options = parser.parse_args(arguments)
    try:
        secret = read_secret()
    except ValueError as error:
        print(f"engine: {error}", file=sys.stderr)
        return 2
    end_with_parent()
    if not options.model.is_file():
        print("engine: there is no model; train it with python -m engine.training.train", file=sys.stderr)
        return 2
    silence()
    actions = ActionsProcess(HOST, options.actions_port)
    actions.start()
    try:
        url = f"http://{HOST}:{options.actions_port}/webhook"
        app = make_app(secret, options.model, url, options.max_conversations, options.conversation_seconds)
        silence()  # again: importing Rasa has made loggers and handlers of its own

        async def ready(_: Sanic, __: object) -> None:
            log.info("ready after %.1f s", time.monotonic() - began)

        app.register_listener(ready, "after_server_start")
        app.run(host=HOST, port=options.port, workers=1, access_log=False, motd=False, debug=False)
    finally:
        actions.stop()
    return 0


if __name__ == "__main__":
    code = main()
    # Nothing is kept here: to take Rasa and the models apart, object by object, would only make the end wait.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
