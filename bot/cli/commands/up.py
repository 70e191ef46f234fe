"""`inloop up`: trains what is not trained, starts the engine and the gateway, and ends all of it together."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import resource
import signal
import sys
import time
from types import FrameType
from typing import NoReturn

import uvicorn
import uvloop
from rich.console import Console

from bot import bootstrap
from bot.cli.commands import out_of_order
from bot.cli.commands.folder import CannotStart, prepare_folder
from bot.dialogue.engine_process import ENGINE_PYTHON, engine_environment
from bot.operations.supervisor import Supervisor, free_port, new_secret
from bot.runtime import logs
from bot.runtime.memory import keep_private
from bot.settings import ROOT, Settings, SettingsError
from bot.storage.database import schema
from bot.storage.database.errors import SchemaError
from bot.training import run as training
from bot.web.middleware.connections import allow, limited

log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """Uvicorn that wakes every open stream before it waits for connections to end."""

    parts: bootstrap.Parts | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.parts is not None:
            self.parts.live.close()
        super().handle_exit(sig, frame)


def engine_supervisor(settings: Settings, engine_port: int, secret: str, parts: bootstrap.Parts) -> Supervisor:
    """The engine as a child of this process."""
    command = [
        str(ENGINE_PYTHON), "-m", "engine.server.serve",
        "--port", str(engine_port), "--actions-port", str(free_port()),
        "--model", str((settings.models_dir / "rasa" / "inloop.tar.gz").absolute()),
    ]  # fmt: skip
    encoder_dir = settings.encoder_dir or settings.models_dir / "encoder"
    return Supervisor(
        "engine",
        command,
        cwd=ROOT,
        env=engine_environment(encoder_dir),
        secret=secret,
        healthy=parts.engine.ready,
        log_file=settings.data_dir / "engine.log",
    )


def settled() -> None:
    """What is here now stays as long as the process: garbage is looked for among what comes after it. To go through
    the models and the modules too takes 160 ms each time, in which nobody is served."""
    gc.collect()
    gc.freeze()


async def serve(settings: Settings, console: Console) -> None:
    """Until told to stop."""
    began = time.monotonic()
    own_engine = not settings.engine_url
    port = free_port() if own_engine else 0
    secret = new_secret() if own_engine else settings.engine_secret.get_secret_value()
    parts = await bootstrap.build(settings, settings.engine_url or f"http://127.0.0.1:{port}", secret)
    supervisor = engine_supervisor(settings, port, secret, parts) if own_engine else None
    settled()
    config = uvicorn.Config(
        parts.app, host=settings.host, port=settings.port, log_config=None, access_log=False, server_header=False,
        date_header=False, timeout_graceful_shutdown=3, timeout_keep_alive=30,
        proxy_headers=bool(settings.public_url), forwarded_allow_ips="127.0.0.1,::1", ws="none",
        http=limited(allow(settings.max_connections)),
    )  # fmt: skip
    server = Server(config)
    server.parts = parts
    if supervisor is not None:
        supervisor.start()
    coming = asyncio.get_running_loop().create_task(parts.engine.comes_up(settings.engine_start_timeout))
    announce = asyncio.get_running_loop().create_task(_announce(server, supervisor, parts, settings, console, began))
    try:
        await server.serve()
    finally:
        for task in (announce, coming):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if supervisor is not None:
            await supervisor.stop()
        await parts.close()


async def _announce(
    server: Server,
    supervisor: Supervisor | None,
    parts: bootstrap.Parts,
    settings: Settings,
    console: Console,
    began: float,
) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.05)
    socket = server.servers[0].sockets[0]
    address = f"http://{settings.host}:{socket.getsockname()[1]}"
    link = await parts.store.invite_first("coordinator")
    if link is not None:
        console.print(f"\nThe first caseworker sets a password here (once): [bold]{address}/desk/invite/{link}[/]\n")
    console.print(f"[bold green]Inloop answers on {address}/[/]   (caseworkers: {address}/desk)   Ctrl-C stops it.")
    if supervisor is not None:
        await supervisor.ready.wait()
        console.print(f"The dialogue engine is ready ({time.monotonic() - began:.0f} s after the start).")


def run(settings: Settings, *, train: bool = True) -> int:
    """The whole of `inloop up`; returns the exit code."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # opened conversations are in the memory; the engine inherits it
    keep_private()
    logs.set_up(settings.log_level)
    try:
        prepare_folder(settings.data_dir)
        if train:
            seconds = training.train(
                settings.models_dir, console.print, settings.encoder_dir, cache_dir=settings.model_cache
            )
            console.print(f"Trained, or up to date, in {seconds:.0f} s.")
        schema.upgrade(settings.database)
    except (CannotStart, training.TrainingFailed, SchemaError) as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    except Exception as error:  # noqa: BLE001 - whatever a driver says may hold the address with its password
        return _damaged(settings, error, console)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            uvloop.run(serve(settings, console))
    except Exception as error:  # noqa: BLE001 - whatever a driver says may hold the address with its password
        return _damaged(settings, error, console)
    # Uvicorn raises the signal again after a clean end; nothing is left running by then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return 0


def _damaged(settings: Settings, error: Exception, console: Console) -> int:
    """Something that is needed is there and not whole, or away. Where people may come, they get the numbers meanwhile;
    by hand it ends at once. Returns the exit code."""
    log.error("gateway.cannot_start", extra={"error": type(error).__name__})
    if isinstance(error, SettingsError):  # a secret that is not there, or in a file that cannot be read
        console.print(f"[bold red]{error}[/]")
    console.print(f"[bold red]Inloop cannot start ({type(error).__name__}): see inloop doctor[/]")
    if settings.public_url:
        uvloop.run(out_of_order.serve(settings))
    return 1


def leave(code: int) -> NoReturn:
    """Ends this process. Everything is closed and written: to take its models apart as well, object by object, would
    keep whoever pressed Ctrl-C waiting for another second."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
