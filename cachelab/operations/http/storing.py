"""
Whether a cache may keep a response at all: the rules that protect one user from another.

A private cache serves one user and may keep nearly anything. A shared cache must be told that what
it keeps is for everybody, or at least not be told that it is for one.
"""

from dataclasses import dataclass
from typing import Final

from .directives import CacheControl
from .freshness import HEURISTIC_STATUS
from .layers import is_shared
from .messages import Request, Response
from .vary import varying

UNDERSTOOD: Final = HEURISTIC_STATUS - {206} | {302, 303, 307, 400, 401, 403, 409, 429, 500, 502}
"""Final statuses whose meaning this cache knows; 206 is a part of a response, and not kept here."""

FOR_ALL: Final = ("public", "s-maxage", "must-revalidate")
"""Directives by which an origin lets a shared cache keep an answer to somebody who signed in."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A yes or a no with its reason; in a condition it is the yes or the no."""

    allowed: bool
    why: str

    def __bool__(self) -> bool:
        return self.allowed


def may_store(
    layer: str,
    response: Response,
    request: Request | None = None,
    *,
    cookies_are_credentials: bool = True,
) -> Verdict:
    """
    Tell whether this layer may keep `response`, the answer to `request` (a plain GET if not given).

    A shared layer refuses what is marked private and, unless the origin says that it is for all,
    what answers a request with Authorization. HTTP's rules stop there, and an origin that knows its
    users by cookie and forgets `private` gives user B the page of user A. With
    `cookies_are_credentials` a Cookie counts as Authorization does, and Set-Cookie as an answer to
    one: stricter than the standard, as nginx and Varnish are. No-cache does not forbid to store.

    Complexity: O(length of the fields).

    Raises:
        ValueError: the layer is unknown.

    Source: RFC 9111, sections 3, 3.5, 5.2.1.5 and 5.2.2; `private` and `no-cache` with names of
    fields are taken as if without, which the standard allows.

    >>> page = Response(200, {"Cache-Control": "private, max-age=60"})
    >>> may_store("browser", page)
    Verdict(allowed=True, why='max-age says for how long')
    >>> may_store("cdn", page)
    Verdict(allowed=False, why='private: for one user only, and this cache serves many')
    >>> bool(may_store("cdn", Response(200, {"Cache-Control": "no-cache"})))
    True
    """
    shared = is_shared(layer)
    request = Request("GET", "/") if request is None else request
    control = CacheControl.of(response.headers)
    no = _unfit(request, response) or _told_not_to(request, control, response)
    if not no and shared:
        no = _is_for_one(request, response, control, cookies_are_credentials)
    if no:
        return Verdict(False, no)
    yes = _reason_to(response, control, shared)
    return Verdict(bool(yes), yes or "nothing says that it may be kept, or for how long")


def _unfit(request: Request, response: Response) -> str:
    if request.method != "GET":
        return f"{request.method}: only answers to GET are kept here"
    if response.status < 200 or response.status in (206, 304):
        return f"{response.status}: not a whole response"
    if "*" in varying(response.headers.get("vary", "")):
        return "Vary: *: no other request would ever match"
    return ""


def _told_not_to(request: Request, control: CacheControl, response: Response) -> str:
    if "no-store" in CacheControl.of(request.headers):
        return "no-store: the client asks that nothing be kept"
    if "must-understand" in control:
        understood = response.status in UNDERSTOOD
        return "" if understood else f"must-understand: {response.status} is not known here"
    return "no-store: the origin asks that nothing be kept" if "no-store" in control else ""


def _is_for_one(
    request: Request, response: Response, control: CacheControl, cookies_too: bool
) -> str:
    if "private" in control:
        return "private: for one user only, and this cache serves many"
    if any(name in control for name in FOR_ALL):
        return ""
    if "authorization" in request.headers:
        return "Authorization: the answer may be for this user only, and nothing says it is for all"
    if cookies_too and "cookie" in request.headers:
        if "cookie" in varying(response.headers.get("vary", "")):
            return ""  # kept apart for each cookie
        return "Cookie: the answer may be for this user only, and nothing says it is for all"
    if cookies_too and "set-cookie" in response.headers:
        return "Set-Cookie: a cookie for one user would be set for all"
    return ""


def _reason_to(response: Response, control: CacheControl, shared: bool) -> str:
    for name in ("s-maxage", "max-age") if shared else ("max-age",):
        if name in control:
            return f"{name} says for how long"
    if "expires" in response.headers:
        return "Expires says for how long"
    for name in ("public", "private", "no-cache"):
        if name in control and (name == "public" or not shared or name == "no-cache"):
            return f"{name} allows it"
    if response.status in HEURISTIC_STATUS:
        return f"a {response.status} may be kept unless something forbids it"
    return ""
