"""
A web server on loopback that hands out one file, and can break off or refuse to go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


@dataclass
class Shelf:
    """
    What is handed out at any path: `content`, breaking off at `stop` bytes if that is given.

    `ranges` says whether it goes on where it is asked to; `length` is "known", "unknown" or
    "chunked". `asked` are the ranges that clients asked for, None for all of it.
    """

    content: bytes
    stop: int | None = None
    ranges: bool = True
    length: str = "known"
    status: int = 200
    asked: list[str | None] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(shelf: Shelf) -> Iterator[Shelf]:
    """Serve `shelf` on a free port of 127.0.0.1; its `address` is that of the file."""

    class Exchange(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            shelf.asked.append(asked)
            start = int(asked[6:-1]) if asked and shelf.ranges else 0
            self.close_connection = True
            if shelf.status != 200 or start >= len(shelf.content):
                self.send_response(416 if start else shelf.status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = shelf.content[start:]
            self.send_response(206 if start else 200)
            if start:
                end = len(shelf.content)
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{end}")
            self._send(body, body[: None if shelf.stop is None else shelf.stop - start])

        def _send(self, body: bytes, sent: bytes) -> None:
            if shelf.length == "known":
                self.send_header("Content-Length", str(len(body)))
            elif shelf.length == "chunked":
                self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            if shelf.length == "chunked":
                self.wfile.write(b"%x\r\n" % len(body) + sent)
                if sent == body:
                    self.wfile.write(b"\r\n0\r\n\r\n")
            else:
                self.wfile.write(sent)

        def log_message(self, format: str, *words: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Exchange)
    shelf.address = f"http://127.0.0.1:{server.server_port}/shelf/some.trace"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
