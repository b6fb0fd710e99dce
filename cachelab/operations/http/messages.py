"""
A request and a response, as values: what a cache looks at, stores and sends.

Whatever answers a request is a `Handler`: an origin, a cache in front of it, a client's connection.
So a cache is put around an origin as a store is put around a store.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from cachelab.ports import CachelabError

from .fields import TOKEN, Fields, Lines
from .freshness import Freshness, freshness

DEFAULT_PORTS = {"http": 80, "https": 443}


class OriginUnreachable(CachelabError):  # noqa: N818 - named for the state of the origin
    """No answer came from where a request was sent; the connection's error is the cause."""


@dataclass(frozen=True)
class Request:
    """
    What a client asks: a method, a URL and fields; the body is bytes.

    The URL may be a path alone, where there is one origin.

    Raises:
        ValueError: the method is no token, or the URL has a space or a line break in it.

    >>> Request("GET", "/news?page=2", {"Accept-Language": "de"}).headers["accept-language"]
    'de'
    """

    method: str
    url: str
    headers: Fields = field(default_factory=Fields)
    body: bytes = b""

    def __init__(self, method: str, url: str, headers: Lines = (), body: bytes = b"") -> None:
        if not TOKEN.fullmatch(method):
            raise ValueError(f"{method!r} is no method")
        if not url or any(letter <= " " for letter in url):
            raise ValueError(f"{url!r} is no URL")
        for name, value in (("method", method), ("url", url), ("body", body)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "headers", Fields(headers))

    def with_headers(self, headers: Lines) -> "Request":
        """Return this request with other fields."""
        return Request(self.method, self.url, headers, self.body)


@dataclass(frozen=True)
class Response:
    """
    What came back: a status, fields, and a body of bytes.

    Raises:
        ValueError: the status is not between 100 and 599.

    >>> Response(200, {"Cache-Control": "max-age=60"}, b"hello").headers["cache-control"]
    'max-age=60'
    """

    status: int
    headers: Fields = field(default_factory=Fields)
    body: bytes = b""

    def __init__(self, status: int, headers: Lines = (), body: bytes = b"") -> None:
        if not 100 <= status <= 599:
            raise ValueError(f"a status is from 100 to 599, not {status!r}")
        object.__setattr__(self, "status", status)
        object.__setattr__(self, "headers", Fields(headers))
        object.__setattr__(self, "body", body)

    def with_headers(self, headers: Lines) -> "Response":
        """Return this response with other fields."""
        return Response(self.status, headers, self.body)


Handler: TypeAlias = Callable[[Request], Response]
"""
Whoever answers a request.

Raises:
    OriginUnreachable: no answer came.
"""


@dataclass(frozen=True)
class Stored:
    """A response as a cache has it, with the dates of the request and of the answer."""

    response: Response
    request_time: float
    response_time: float

    def as_value(self) -> list[Any]:
        """Return what a `Store` can keep."""
        response = self.response
        lines = [list(line) for line in response.headers.lines]
        return [response.status, lines, response.body, self.request_time, self.response_time]

    @classmethod
    def from_value(cls, value: Any) -> "Stored":
        """Return what `as_value` wrote down."""
        status, lines, body, request_time, response_time = value
        headers = [(name, text) for name, text in lines]
        return cls(Response(status, headers, body), request_time, response_time)

    def freshness(self, now: float, layer: str = "private") -> Freshness:
        """Return how fresh it is at `now`."""
        return freshness(
            self.response.headers,
            now,
            layer=layer,
            status=self.response.status,
            request_time=self.request_time,
            response_time=self.response_time,
        )

    def with_response(self, response: Response) -> "Stored":
        """Return another response with the same dates."""
        return replace(self, response=response)


def normal_url(url: str) -> str:
    """
    Return `url` without what makes no difference: case of scheme and host, default port, fragment.

    The order of a query's parameters does make one, so it stays.

    Source: RFC 9110, section 4.2.3; RFC 3986, section 6.2.

    >>> normal_url("HTTP://Example.COM:80?b=1&a=2#top")
    'http://example.com/?b=1&a=2'
    """
    if url.startswith("/"):  # a path, even if two slashes would make a host of it elsewhere
        return url.partition("#")[0]
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    origin = f"{parts.scheme}://{host}{port}" if parts.netloc else ""
    return f"{origin}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
