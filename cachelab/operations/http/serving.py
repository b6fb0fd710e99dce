"""
A handler behind a port of this machine, so that a browser or any other client can talk to it.

`serve(origin)` is an origin server, `serve(HTTPCache(Fetch(url)))` a caching proxy before one. It
listens on loopback only: what is shown in a lesson is not to be seen from the street.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cachelab.ports import CachelabError

from .messages import Handler, OriginUnreachable, Request, Response

LARGEST_BODY = 16 * 2**20
"""Bytes of a request's body above which it is refused with 413."""

NO_BODY = frozenset({204, 304})
"""Statuses whose answers end with the fields."""


@dataclass(frozen=True, slots=True)
class Site:
    """A handler being served: where it is reached."""

    url: str
    port: int


@contextmanager
def serve(handler: Handler, port: int = 0) -> Iterator[Site]:
    """
    Serve `handler` on a port of 127.0.0.1, a free one by default, until the block ends.

    Requests are answered side by side, each on a thread. A handler that raises `OriginUnreachable`
    answers 504, any other error of the world 502, and a mistake in the handler 500.

    Raises:
        OSError: the port is taken.

    >>> import urllib.request
    >>> with serve(lambda request: Response(200, {}, request.url.encode())) as site:
    ...     with urllib.request.urlopen(site.url + "/hello") as answer:
    ...         answer.read()
    b'/hello'
    """
    server = _Server(("127.0.0.1", port), _exchange_for(handler))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # the end of the block waits for exchanges under way
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away."""


def _exchange_for(handler: Handler) -> type[BaseHTTPRequestHandler]:
    class Exchange(BaseHTTPRequestHandler):
        """One connection, for one request: then nothing is left open when the server stops."""

        protocol_version = "HTTP/1.1"
        timeout = 10.0

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            self.close_connection = True
            if not self.raw_requestline or not self.parse_request():
                return
            self.close_connection = True  # parse_request may have thought otherwise
            self._answer(self._handled())

        def _handled(self) -> Response:
            length = self.headers.get("Content-Length", "0")
            if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
                return Response(411)
            if int(length) > LARGEST_BODY:
                return Response(413)
            body = self.rfile.read(int(length))
            try:
                return handler(Request(self.command, self.path, self.headers.items(), body))
            except ValueError:
                return Response(400)
            except OriginUnreachable:
                return Response(504)
            except CachelabError:
                return Response(502)
            except Exception:
                self._answer(Response(500))
                raise

        def _answer(self, response: Response) -> None:
            headers = response.headers.end_to_end()
            is_head, has_body = self.command == "HEAD", response.status not in NO_BODY
            if has_body and not (is_head and "content-length" in headers):
                headers = headers.with_line("Content-Length", str(len(response.body)))
            self.send_response_only(response.status)
            for name, value in [*headers.lines, ("Connection", "close")]:
                self.send_header(name, value)
            self.end_headers()
            if has_body and not is_head:
                self.wfile.write(response.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing: `on_answer` of a cache tells more."""

    return Exchange
