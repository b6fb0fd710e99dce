"""
Exercise 03: layers and HTTP. Freshness, keys under Vary, who may store, and two layers together.

What is right is asked of `cachelab.operations.http`, whose functions have these names.
"""

from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Exercise
from cachelab.grading.expecting import exactly
from cachelab.grading.functions import Arguments, compare_function
from cachelab.grading.runs import Expectation
from cachelab.operations.http import (
    CacheControl,
    Response,
    format_date,
    freshness,
    may_store,
)

from .ex03_keys import KEY_CHECKS
from .ex03_layers import LAYER_CHECKS

NOW = 1_700_000_000
STATUSES = (200, 201, 203, 204, 206, 300, 301, 302, 308, 404, 405, 410, 414, 500, 501, 503)


def seconds_left(headers: dict[str, str], now: float) -> tuple[float, float]:
    """
    Return for how long a response is fresh still, and how long it may be served stale after that.

    >>> seconds_left({"Age": "20", "Cache-Control": "max-age=60, stale-while-revalidate=30"}, NOW)
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


def _cased(random: Random, name: str) -> str:
    return random.choice((name, name, name.lower(), name.upper()))


def _draw_lifetime(random: Random) -> Arguments:
    """Draw a response of this very second."""
    directives, headers = [], {"Date": format_date(NOW)}
    if random.random() < 0.6:
        directives.append(f"max-age={random.choice((0, 60, 3600))}")
    if random.random() < 0.4:
        directives.append(f"s-maxage={random.choice((5, 900))}")
    if random.random() < 0.4:
        directives.append(random.choice(("public", "private", "immutable")))
    if random.random() < 0.5:
        headers["Expires"] = format_date(NOW + random.choice((-50, 0, 120, 7200)))
    random.shuffle(directives)
    if directives:
        headers["Cache-Control"] = random.choice((", ", ",")).join(directives)
    return headers, NOW


def _draw_age(random: Random) -> Arguments:
    """Draw a response with a max-age, made some time ago, by one witness or both."""
    headers = {"Cache-Control": f"max-age={random.choice((60, 3600))}"}
    if random.random() < 0.7:
        headers["Date"] = format_date(NOW - random.choice((0, 10, 60, 400, -30)))
    if random.random() < 0.6:
        headers["Age"] = str(random.choice((0, 10, 59, 60, 300)))
    if random.random() < 0.3 and "Date" in headers:
        del headers["Cache-Control"]
        headers["Expires"] = format_date(NOW + random.choice((-5, 30, 500)))
    return headers, NOW


def _draw_stale(random: Random) -> Arguments:
    directives = [f"max-age={random.choice((0, 60))}"]
    if random.random() < 0.7:
        directives.append(f"stale-while-revalidate={random.choice((30, 600))}")
    if random.random() < 0.3:
        directives.append("stale-if-error=86400")
    directives += [d for d in ("must-revalidate", "no-cache") if random.random() < 0.25]
    random.shuffle(directives)
    headers = {"Age": str(random.choice((0, 30, 80))), "Cache-Control": ", ".join(directives)}
    return headers, NOW


def _draw_odd(random: Random) -> Arguments:
    seconds = random.choice(("60", "60", '"60"', "soon", "-5", "1.5", ""))
    control = f"{_cased(random, 'max-age')}={seconds}"
    if random.random() < 0.3:
        control = f"{control} , {random.choice(('x-max-age=7', 'max-age=900', 'x'))}"
    headers = {_cased(random, "Cache-Control"): control}
    if random.random() < 0.4:
        headers = {_cased(random, "Expires"): random.choice(("0", "-1", "tomorrow"))}
    if random.random() < 0.5:
        headers[_cased(random, "Date")] = format_date(NOW - 10)
    if random.random() < 0.3:
        headers[_cased(random, "Age")] = random.choice(("20", "old", "-3"))
    return headers, NOW


def _expect_storing(layer: str, response: dict[str, Any]) -> Expectation:
    verdict = may_store(layer, Response(response["status"], response["headers"]))
    return exactly(bool(verdict), f"in a {layer} cache: {verdict.why}")


def _is_response(layer: str, response: dict[str, Any]) -> bool:
    known = layer in ("browser", "cdn") and set(response) == {"status", "headers"}
    return known and 100 <= response["status"] <= 599


def _draw_response(random: Random) -> Arguments:
    """Draw what a browser and a CDN are to agree on."""
    if random.random() < 0.3:  # nothing but a status
        return random.choice(("browser", "cdn")), {"status": random.choice(STATUSES), "headers": {}}
    status = random.choice((200, 200, 200, 404, 301, 500, 302, 206, 503))
    directives = [
        d
        for d in ("no-store", "no-cache", "public", "max-age=60", "max-age=0", "must-revalidate")
        if random.random() < 0.22
    ]
    headers = {_cased(random, "Cache-Control"): ", ".join(directives)} if directives else {}
    if random.random() < 0.15:
        headers["Expires"] = format_date(NOW)
    return random.choice(("browser", "cdn")), {"status": status, "headers": headers}


def _draw_personal(random: Random) -> Arguments:
    """Draw what may be for one user, or for nobody else."""
    directives = [
        d for d in ("private", "public", "max-age=60", "s-maxage=60") if random.random() < 0.35
    ]
    headers = {"Cache-Control": ", ".join(directives)} if directives else {}
    if random.random() < 0.35:
        headers[_cased(random, "Set-Cookie")] = "session=7"
    if random.random() < 0.35:
        headers[_cased(random, "Vary")] = random.choice(("*", "Accept", "Accept, *"))
    status = random.choice((200, 200, 500))
    return random.choice(("browser", "cdn")), {"status": status, "headers": headers}


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


CHECKS = (
    Check(
        "fresh_lifetime",
        3,
        "freshness: max-age before Expires, and neither is none at all",
        _fresh(_draw_lifetime, "the lifetime is another one"),
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
        _fresh(_draw_age, "the age is another one"),
        after=("fresh_lifetime",),
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
        _fresh(_draw_stale, "whether it may be served stale is answered wrongly"),
        after=("fresh_lifetime", "fresh_age"),
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
        _fresh(_draw_odd, "an unusual spelling is read wrongly"),
        after=("fresh_lifetime", "fresh_age"),
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
        _storing(_draw_response, "it is kept, or not kept, against the rules"),
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
        _storing(_draw_personal, "one user's response is kept for all, or nobody's is kept"),
        after=("store_rules",),
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
