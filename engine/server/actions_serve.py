"""The action server's process: ``python -m engine.server.actions_serve --port A``.

rasa_sdk's own server answers an error with the whole request in it and allows any web page to call it; so
this is a server of its own around rasa_sdk's executor.
"""

from __future__ import annotations

import argparse
import json
import logging

from engine.server.quiet import prepare_environment

prepare_environment()

from rasa_sdk.executor import ActionExecutor  # noqa: E402
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException  # noqa: E402
from sanic import Sanic, response  # noqa: E402
from sanic.request import Request  # noqa: E402
from sanic.response import HTTPResponse  # noqa: E402

from engine.server.parent import end_with_parent  # noqa: E402
from engine.server.quiet import kind_and_place, silence  # noqa: E402

MAX_BODY = 1024 * 1024

log = logging.getLogger("engine.server.actions_serve")


def make_app() -> Sanic:
    """Return the Sanic application with every action of the package ``actions``."""
    app = Sanic("inloop_actions", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.config.KEEP_ALIVE_TIMEOUT = 120
    executor = ActionExecutor()
    executor.register_package("actions")

    @app.get("/health")
    async def health(_: Request) -> HTTPResponse:
        return response.json({"status": "ok"})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        call = json.loads(request.body)
        name = str(call.get("next_action"))
        try:
            return response.json(await executor.run(call))
        except ActionExecutionRejection:
            return response.json({"error": "rejected", "action_name": name}, status=400)
        except ActionNotFoundException:
            return response.json({"error": "not found", "action_name": name}, status=404)

    async def failed(_: Request, error: Exception) -> HTTPResponse:
        log.error("action failed: %s", kind_and_place(error))
        return response.json({"error": "action failed"}, status=500)

    app.error_handler.add(Exception, failed)
    return app


def main(arguments: list[str] | None = None) -> int:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(prog="python -m engine.server.actions_serve", description="Serve the actions.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(arguments)
    end_with_parent()
    silence()
    app = make_app()
    silence()
    app.run(host=options.host, port=options.port, workers=1, access_log=False, motd=False, debug=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
