"""
An origin somewhere on the network, as a handler: the way from a cache to a server.
"""

import http.client
from urllib.parse import urlsplit

from .fields import Fields
from .messages import OriginUnreachable, Request, Response, normal_url


class Fetch:
    """
    A handler that sends each request to the server at `base` and brings back its answer.

    Whatever URL a request has, only its path and query are sent, and only to this server: a client
    of a cache can't make it talk to another. One connection for each request.

    Raises:
        ValueError: `base` is no http or https URL of a server.
        OriginUnreachable: no answer came within `timeout` seconds of waiting, or none that makes
            sense.
    """

    def __init__(self, base: str, *, timeout: float = 10.0) -> None:
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"an origin is http://host:port, not {base!r}")
        self.base, self.timeout = base, timeout
        self._host, self._port = parts.hostname, parts.port
        secure = parts.scheme == "https"
        self._kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection

    def __call__(self, request: Request) -> Response:
        """Send `request`; return the answer."""
        connection = self._kind(self._host, self._port, timeout=self.timeout)
        try:
            return self._exchange(connection, request)
        except (OSError, http.client.HTTPException, ValueError) as error:
            # ValueError: the answer has a field or a status that none can have.
            raise OriginUnreachable(f"{self.base} did not answer: {error!r}") from error
        finally:
            connection.close()

    def _exchange(self, connection: http.client.HTTPConnection, request: Request) -> Response:
        target = normal_url(request.url)
        if not target.startswith("/"):
            parts = urlsplit(target)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
        headers = request.headers.end_to_end().without("content-length", "host")
        own = [("Host", urlsplit(self.base).netloc), ("Connection", "close")]
        length = [("Content-Length", str(len(request.body)))] if request.body else []
        for name, value in [*own, *length, *headers.lines]:
            connection.putheader(name, value.encode("latin-1", "replace"))
        connection.endheaders(request.body or None)
        answer = connection.getresponse()
        body = answer.read()
        return Response(answer.status, Fields(answer.getheaders()).end_to_end(), body)

    def __repr__(self) -> str:
        return f"Fetch({self.base!r})"
