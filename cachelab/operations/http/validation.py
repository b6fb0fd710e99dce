"""
Asking whether a copy is still good, and being told so in a few bytes: 304.

A validator names a version: ETag any text the origin likes, Last-Modified a date with a resolution
of a second. A 304 has no body; its fields make the stored response new.
"""

from typing import Final

from .dates import parse_date
from .fields import Fields
from .messages import Request, Response

CONDITIONS: Final = (
    "if-none-match",
    "if-modified-since",
    "if-match",
    "if-unmodified-since",
    "if-range",
)
KEPT: Final = frozenset(
    {"content-length", "content-encoding", "content-type", "content-range", "etag"}
)
"""Fields of the stored response that describe its body, which a 304 did not bring."""

ON_304: Final = frozenset(
    {"age", "cache-control", "cache-status", "content-location", "date", "etag", "expires", "vary"}
)
"""Fields that a 304 carries because the 200 would have."""


def conditional(request: Request, response: Response) -> Request:
    """
    Return `request` with the validators of a stored response in the place of its own conditions.

    Source: RFC 9111, section 4.3.1.

    >>> stored = Response(200, {"ETag": '"v1"'})
    >>> conditional(Request("GET", "/"), stored).headers["if-none-match"]
    '"v1"'
    """
    headers = request.headers.without(*CONDITIONS)
    if "etag" in response.headers:
        headers = headers.with_line("If-None-Match", response.headers["etag"])
    if "last-modified" in response.headers:
        headers = headers.with_line("If-Modified-Since", response.headers["last-modified"])
    return request.with_headers(headers)


def has_validator(response: Response) -> bool:
    """Tell whether there is anything to ask with."""
    return "etag" in response.headers or "last-modified" in response.headers


def confirms(not_modified: Response, stored: Response) -> bool:
    """
    Tell whether a 304 is about this stored response.

    Source: RFC 9111, section 4.3.4: a validator in the 304 must be the stored one's.

    >>> confirms(Response(304, {"ETag": '"v2"'}), Response(200, {"ETag": '"v1"'}))
    False
    """
    for name in ("etag", "last-modified"):
        if name in not_modified.headers:
            theirs, ours = not_modified.headers[name], stored.headers.get(name, "")
            return same_version(theirs, ours) if name == "etag" else theirs == ours
    return True


def freshened(stored: Response, not_modified: Response) -> Response:
    """
    Return the stored response with the fields of a 304 in the place of its own.

    What describes the body stays: its length, type and encoding, and the ETag it is known by. So
    does no Age: the origin was asked a moment ago, or says how long ago otherwise.

    Source: RFC 9111, section 3.2.

    >>> stored = Response(200, {"ETag": '"v1"', "Age": "60", "Cache-Control": "max-age=60"}, b"x")
    >>> dict(freshened(stored, Response(304, {"Cache-Control": "max-age=90"})).headers)
    {'etag': '"v1"', 'cache-control': 'max-age=90'}
    """
    news = not_modified.headers.end_to_end().without(*KEPT)
    kept = stored.headers.without(*news, "age", "date", "cache-status")
    return stored.with_headers(Fields([*kept.lines, *news.lines]))


def is_not_modified(request: Request, response: Response) -> bool:
    """
    Tell whether the client has this version already, so that a 304 will do.

    If-None-Match counts alone where it is given: it is the more exact of the two.

    Source: RFC 9110, sections 13.1.2, 13.1.3 and 13.2.2.

    >>> page = Response(200, {"ETag": 'W/"v1"'})
    >>> is_not_modified(Request("GET", "/", {"If-None-Match": '"v0", "v1"'}), page)
    True
    """
    if response.status != 200:
        return False
    if "if-none-match" in request.headers:
        wanted = request.headers.members("if-none-match")
        ours = response.headers.get("etag", "")
        return wanted == ["*"] or any(same_version(tag, ours) for tag in wanted)
    since = parse_date(request.headers.get("if-modified-since", ""))
    changed = parse_date(response.headers.get("last-modified", ""))
    return since is not None and changed is not None and changed <= since


def not_modified(response: Response) -> Response:
    """Return the 304 that stands for a 200; a Last-Modified goes with it where no ETag does."""
    names = ON_304 if "etag" in response.headers else ON_304 | {"last-modified"}
    kept = [line for line in response.headers.lines if line[0].lower() in names]
    return Response(304, Fields(kept))


def same_version(one: str, other: str) -> bool:
    """
    Compare two ETags as a GET does: a weak one, `W/"v1"`, equals the strong one.

    Source: RFC 9110, section 8.8.3.2.
    """
    return one.removeprefix("W/") == other.removeprefix("W/") != ""
