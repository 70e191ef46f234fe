"""Somebody else's web site on loopback, and a proxy that shows the gateway below a path of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


def _serve(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextmanager
def site(pages: dict[str, str]) -> Iterator[str]:
    """The origin of a site with these pages; a name of its own, so that for a browser it is another site."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html = pages.get(self.path)
            self.send_response(404 if html is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((html or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    server = _serve(Pages)
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def proxy(target: str, prefix: str) -> Iterator[str]:
    """The origin of a proxy that brings `<prefix>/…` to `<target>/…` and knows nothing else."""
    client = httpx.Client(base_url=target, timeout=60)

    class Through(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            if not self.path.startswith(prefix + "/"):
                self.send_error(404)
                return
            size = int(self.headers.get("Content-Length") or 0)
            skip = {"host", "connection", "content-length"}
            headers = {name: value for name, value in self.headers.items() if name.lower() not in skip}
            path = self.path[len(prefix) :]
            with client.stream(self.command, path, headers=headers, content=self.rfile.read(size)) as answer:
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name not in {"transfer-encoding", "connection"}:
                        self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                try:
                    for piece in answer.iter_raw():
                        self.wfile.write(piece)
                        self.wfile.flush()
                except (OSError, httpx.HTTPError):
                    pass
            self.close_connection = True

        do_GET = do_POST = do_DELETE = pass_on

        def log_message(self, *_: object) -> None:
            pass

    server = _serve(Through)
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        client.close()
