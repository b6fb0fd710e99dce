"""
Whether a stored response may answer a request: the decision, with its reason.

Three sides have a say: the origin by the fields of the response, the client by those of the
request, and the clock. What it comes to is one of four: send it, send it stale, send it stale and
ask in the background, or ask first.
"""

from dataclasses import dataclass
from typing import Literal

from .directives import CacheControl
from .freshness import Freshness
from .layers import is_shared
from .messages import Request, Stored
from .stale import covers_error, forbids_stale, may_revalidate_later, within_max_stale

What = Literal["fresh", "stale", "later", "ask"]
"""Send it; send it stale; send it stale and ask in the background; ask first."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """
    What to do with a stored response, and why.

    `covers_error` tells whether it may be sent if asking fails.
    """

    what: What
    why: str
    fresh: Freshness
    covers_error: bool = False


def decide(layer: str, request: Request, stored: Stored, now: float) -> Reuse:
    """
    Return what a cache does with `stored` when `request` comes at `now`.

    Complexity: O(length of the fields).

    Raises:
        ValueError: the layer is unknown.

    Source: RFC 9111, sections 4, 4.2.4 and 5.2; RFC 5861; RFC 8246 (immutable).

    >>> from .messages import Response
    >>> page = Response(200, {"Cache-Control": "max-age=60, stale-while-revalidate=30"})
    >>> stored = Stored(page, request_time=0, response_time=0)
    >>> [decide("cdn", Request("GET", "/"), stored, now).what for now in (59, 60, 91)]
    ['fresh', 'later', 'ask']
    >>> decide("cdn", Request("GET", "/", {"Cache-Control": "no-cache"}), stored, 1).why
    'no-cache: the client wants the origin asked'
    """
    shared = is_shared(layer)
    fresh = stored.freshness(now, layer)
    origin, client = CacheControl.of(stored.response.headers), _wishes(request)
    forbidden = forbids_stale(origin, shared)
    covered = not forbidden and covers_error(origin, client, fresh)
    doubt = _doubt(origin, client, fresh)
    if doubt:
        return Reuse("ask", doubt, fresh, covered)
    if fresh.is_fresh:
        return Reuse("fresh", f"{fresh.left:.4g} s of {fresh.source} are left", fresh)
    return _when_stale(origin, client, fresh, forbidden, covered)


def _wishes(request: Request) -> CacheControl:
    """Return the client's directives; Pragma: no-cache counts where there are none."""
    old = "cache-control" not in request.headers and "no-cache" in request.headers.get("pragma", "")
    return CacheControl("no-cache") if old else CacheControl.of(request.headers)


def _doubt(origin: CacheControl, client: CacheControl, fresh: Freshness) -> str:
    """Return why even a fresh response must not be sent without asking, or ""."""
    if "no-cache" in client:
        return "no-cache: the client wants the origin asked"
    if "no-cache" in origin:
        return "no-cache: the origin wants to be asked each time"
    oldest, least_left = client.seconds("max-age"), client.seconds("min-fresh")
    reload = oldest == 0 and "immutable" in origin and fresh.is_fresh
    if oldest is not None and fresh.age > oldest and not reload:
        return (
            f"max-age={oldest}: the client takes nothing older, and this is {fresh.age:.4g} s old"
        )
    if least_left is not None and fresh.left < least_left:
        return f"min-fresh={least_left}: the client wants more than the {fresh.left:.4g} s left"
    return ""


def _when_stale(
    origin: CacheControl, client: CacheControl, fresh: Freshness, forbidden: str, covered: bool
) -> Reuse:
    late = f"stale for {-fresh.left:.4g} s"
    if forbidden:
        return Reuse("ask", f"{late}, and {forbidden} forbids to send it so", fresh)
    if within_max_stale(client, fresh):
        return Reuse("stale", f"{late}, which the client's max-stale takes", fresh, covered)
    if may_revalidate_later(origin, fresh):
        return Reuse("later", f"{late}, within stale-while-revalidate", fresh, covered)
    return Reuse("ask", late, fresh, covered)
