"""
The small web server at the end of the ladder: it answers 100 bytes until its input closes.

It runs as a program of its own, for in one process client and server would share the interpreter's
lock, and each would be timed waiting for the other.
"""

import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

BODY = b"x" * 100


class Answer(BaseHTTPRequestHandler):
    """The same 100 bytes to everybody, on a connection that stays open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    """Else the body waits for the header's acknowledgement, which waits up to 40 ms for company."""

    def do_GET(self) -> None:
        """Send the bytes."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format: str, *words: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve on a free port of 127.0.0.1, which is told on the first line, until input ends."""
    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
