"""
When a response that is no longer fresh may be sent all the same.

Only with somebody's word: the origin gives a time (stale-while-revalidate, stale-if-error), or the
client says what it would take (max-stale). The origin can forbid it, and then nobody's word counts.
"""

from .directives import LONGEST, CacheControl
from .freshness import Freshness

ERRORS = frozenset({500, 502, 503, 504})
"""The statuses that count as an error for stale-if-error; no answer at all is one too."""


def forbids_stale(response: CacheControl, shared: bool) -> str:
    """
    Return the directive that forbids sending this response when it is stale, or "".

    s-maxage is one, in a shared cache: it means what proxy-revalidate does. So an origin that wants
    stale-while-revalidate from a shared cache gives it max-age.

    Source: RFC 9111, sections 4.2.4, 5.2.2.2, 5.2.2.8 and 5.2.2.10.

    >>> forbids_stale(CacheControl("s-maxage=60, stale-while-revalidate=600"), shared=True)
    's-maxage'
    """
    private = ("must-revalidate", "no-cache")
    names = (*private, "proxy-revalidate", "s-maxage") if shared else private
    return next((name for name in names if name in response), "")


def within_max_stale(request: CacheControl, fresh: Freshness) -> bool:
    """Tell whether the client takes a response this stale; without a number it takes any."""
    if "max-stale" not in request:
        return False
    limit = LONGEST if request["max-stale"] == "" else request.seconds("max-stale") or 0
    return -fresh.left <= limit


def may_revalidate_later(response: CacheControl, fresh: Freshness) -> bool:
    """
    Tell whether this stale response may be sent now and be revalidated in the background.

    Source: RFC 5861, section 3.

    >>> control = CacheControl("max-age=600, stale-while-revalidate=30")
    >>> [may_revalidate_later(control, Freshness(600, age, "max-age")) for age in (629, 630, 631)]
    [True, True, False]
    """
    window = response.seconds("stale-while-revalidate") or 0
    return window > 0 and -fresh.left <= window


def covers_error(response: CacheControl, request: CacheControl, fresh: Freshness) -> bool:
    """
    Tell whether this response may be sent in the place of an error, by the word of either side.

    Source: RFC 5861, section 4.

    >>> control = CacheControl("max-age=600, stale-if-error=1200")
    >>> ages = (900, 1800, 1801)
    >>> [covers_error(control, CacheControl(""), Freshness(600, age, "max-age")) for age in ages]
    [True, True, False]
    """
    windows = [side.seconds("stale-if-error") or 0 for side in (response, request)]
    return max(windows) > 0 and -fresh.left <= max(windows)
