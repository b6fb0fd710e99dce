"""
The site behind HTTP on loopback, with an access log: one line for each GET, path and bytes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from .site import Site


@dataclass
class AccessLog:
    """What was asked for and how many bytes went out, in order, and the port it is asked at."""

    paths: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    port: int = 0


@contextmanager
def open_shop(site: Site) -> Iterator[AccessLog]:
    """Serve `site` on a free port of 127.0.0.1 until the block ends; connections stay open."""
    log = AccessLog()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _exchange_for(site, log))
    log.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield log
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _exchange_for(site: Site, log: AccessLog) -> type[BaseHTTPRequestHandler]:
    class Exchange(BaseHTTPRequestHandler):
        """A connection that stays open, for one request after another."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body waits for the header's acknowledgement
        wbufsize = -1

        def do_GET(self) -> None:
            try:
                body = site.answer(self.path)
            except (KeyError, IndexError):
                self._send(404, b"")
                return
            log.paths.append(self.path)
            log.sizes.append(len(body))
            self._send(200, body)

        def do_POST(self) -> None:
            site.sell(int(self.path.removeprefix("/buy/")))
            self._send(204, b"")

        def _send(self, status: int, body: bytes) -> None:
            self.send_response_only(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *words: object) -> None:
            """Say nothing: the log is kept in memory."""

    return Exchange
