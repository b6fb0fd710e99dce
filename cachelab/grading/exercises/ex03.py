"""
Exercise 03: layers and HTTP. Freshness, keys under Vary, who may store, and two layers together.

What is right is asked of `cachelab.operations.http`, whose functions have these names.
"""

from typing import Any

from cachelab.grading.exercise import Check, Exercise
from cachelab.grading.expecting import exactly
from cachelab.grading.functions import Arguments, compare_function
from cachelab.grading.runs import Expectation
from cachelab.operations.http import CacheControl, Response, freshness, may_store

from .ex03_keys import KEY_CHECKS
from .ex03_layers import LAYER_CHECKS
from .http_draws import (
    draw_age,
    draw_lifetime,
    draw_odd,
    draw_personal,
    draw_response,
    draw_stale,
    found_at_once,
    without,
)


def seconds_left(headers: dict[str, str], now: float) -> tuple[float, float]:
    """
    Return for how long a response is fresh still, and how long it may be served stale after that.

    >>> seconds_left({"Age": "20", "Cache-Control": "max-age=60, stale-while-revalidate=30"}, 0)
    (40.0, 30.0)
    """
    control = CacheControl.of(headers)
    found = freshness(headers, now)
    if "no-cache" in control:
        return -found.age, 0.0
    grace = control.seconds("stale-while-revalidate") or 0
    return found.left, 0.0 if "must-revalidate" in control else float(grace)


def _expect_freshness(headers: dict[str, str], now: float) -> Expectation:
    left, grace = seconds_left(headers, now)
    found = freshness(headers, now)
    why = f"its age is {found.age:g} seconds, its lifetime {found.lifetime:g} ({found.source})"
    if "no-cache" in CacheControl.of(headers):
        why = "no-cache: it is kept, and never used without asking, as if its lifetime were 0"
    elif grace:
        why += f", and stale-while-revalidate adds {grace:g}"
    elif "must-revalidate" in CacheControl.of(headers):
        why += ", and must-revalidate forbids to serve it stale"

    def accepts(outcome: Any) -> bool:
        value = outcome.get("value")
        parts = value.get("tuple") or value.get("list") if isinstance(value, dict) else None
        return isinstance(parts, list) and [_number(part) for part in parts] == [left, grace]

    return Expectation(f"({left:g}, {grace:g})", accepts, why)


def _number(wire: Any) -> float | None:
    if isinstance(wire, dict):
        return float(wire["float"]) if "float" in wire else None
    return float(wire) if type(wire) is int else None


def _expect_storing(layer: str, response: dict[str, Any]) -> Expectation:
    verdict = may_store(layer, Response(response["status"], response["headers"]))
    return exactly(bool(verdict), f"in a {layer} cache: {verdict.why}")


def _is_response(layer: str, response: dict[str, Any]) -> bool:
    known = layer in ("browser", "cdn") and set(response) == {"status", "headers"}
    return known and 100 <= response["status"] <= 599


def _simpler_headers(arguments: Arguments) -> Any:
    """Give arguments with one field less."""
    headers, now = arguments
    for name in headers:
        yield {other: value for other, value in headers.items() if other != name}, now


def _simpler_response(arguments: Arguments) -> Any:
    layer, response = arguments
    for headers, _ in _simpler_headers((response["headers"], 0)):
        yield layer, {"status": response["status"], "headers": headers}


def _fresh(draw: Any, message: str) -> Any:
    return compare_function(
        "freshness", draw, _expect_freshness, message=message, simpler=_simpler_headers
    )


def _storing(draw: Any, message: str) -> Any:
    return compare_function(
        "may_store",
        draw,
        _expect_storing,
        message=message,
        valid=_is_response,
        simpler=_simpler_response,
        cases=500,
    )


_TOLD = "what an earlier check tells does not explain this"

CHECKS = (
    Check(
        "fresh_lifetime",
        3,
        "freshness: max-age before Expires, and neither is none at all",
        _fresh(draw_lifetime, "the lifetime is another one"),
        hints=(
            "Which fields say for how long a response is good, and which of them counts?",
            "max-age, else Expires minus Date, at least 0; else 0. s-maxage is not for a browser.",
            "Split at commas, or 's-maxage' looks like max-age; parsedate_to_datetime reads dates.",
        ),
        subject="freshness",
    ),
    Check(
        "fresh_age",
        3,
        "freshness: the age by Date and by Age, and the older of the two",
        _fresh(draw_age, "the age is another one"),
        after=("fresh_lifetime",),
        apart=_fresh(without(draw_age, "expires"), _TOLD),
        hints=(
            "A cache on the way has kept the response for an hour. How can you tell?",
            "Age counts seconds in other caches, now - Date all of them; what is left may be < 0.",
            "max(0, now - date, age): without a Date it is made now, without an Age that is 0.",
        ),
        subject="freshness",
    ),
    Check(
        "fresh_stale",
        3,
        "freshness: stale-while-revalidate, must-revalidate and no-cache",
        _fresh(draw_stale, "whether it may be served stale is answered wrongly"),
        after=("fresh_lifetime", "fresh_age"),
        apart=_fresh(without(draw_stale, "age"), _TOLD),
        hints=(
            "Which directive allows to serve a stale response, and which one forbids it?",
            "stale-while-revalidate=N gives N seconds; must-revalidate and no-cache make it 0.",
            "no-cache counts as a lifetime of 0: what is left is minus the age.",
        ),
        subject="freshness",
    ),
    Check(
        "fresh_odd",
        3,
        "freshness: names in any case, quotes, and numbers that are none",
        _fresh(draw_odd, "an unusual spelling is read wrongly"),
        after=("fresh_lifetime", "fresh_age"),
        apart=_fresh(without(draw_odd, "age", "date", "x-max-age"), _TOLD),
        hints=(
            "Which parts of a field may be written in capitals or in quotes?",
            "Names of fields and directives ignore case; an argument may stand in quotes.",
            "max-age=soon is 0; of two directives the first counts; Expires: 0 has passed.",
        ),
        subject="freshness",
    ),
    *KEY_CHECKS,
    Check(
        "store_rules",
        4,
        "may_store: no-store, no-cache, and what is kept without being told",
        _storing(draw_response, "it is kept, or not kept, against the rules"),
        hints=(
            "What is the difference between no-store and no-cache?",
            "no-cache is kept, and asked about each time. no-store is not kept.",
            "Without max-age, Expires, public or no-cache only some statuses are kept: 200, 301, "
            "404 and others, not 302 or 500. Of 206, which is a part, nothing is kept.",
        ),
        subject="may_store",
    ),
    Check(
        "store_shared",
        4,
        "may_store: what is for one user is not kept for all",
        _storing(draw_personal, "one user's response is kept for all, or nobody's is kept"),
        after=("store_rules",),
        apart=_storing(found_at_once(draw_personal), _TOLD),
        hints=(
            "User A's page is in the CDN. Who gets it next?",
            "private is for browsers alone; s-maxage is for shared caches alone.",
            "Set-Cookie keeps a CDN from storing unless public, s-maxage or must-revalidate is "
            "there. Vary: * fits no other request: nobody keeps it.",
        ),
        subject="may_store",
    ),
    *LAYER_CHECKS,
)

EX03 = Exercise(
    "ex03",
    "Layers and HTTP",
    ("freshness", "cache_key", "may_store", "LayeredCache"),
    ("layers-and-http",),
    CHECKS,
)
