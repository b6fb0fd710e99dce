"""
How long a stored response is good without asking, and how old it is by now.

The lifetime comes from the origin, in the order s-maxage (for shared caches), max-age, Expires;
without any of them a cache may guess. The age is counted from the origin's date, not from when
this cache got the response: an older cache on the way may have kept it for an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .dates import parse_date
from .directives import LONGEST, CacheControl
from .fields import Fields
from .layers import is_shared

HEURISTIC_STATUS: Final = frozenset({200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501})
"""Statuses whose responses may be stored though nobody said for how long."""

HEURISTIC_FRACTION: Final = 0.1
"""The share of the time since it was last changed for which a response is guessed to be good."""

HEURISTIC_AT_MOST: Final = 86_400.0
"""The longest guess in seconds: one day."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """
    A response's lifetime and age in seconds, and what the lifetime was taken from.

    `source` is "s-maxage", "max-age", "Expires", "heuristic" or "none".
    """

    lifetime: float
    age: float
    source: str

    @property
    def is_fresh(self) -> bool:
        """Tell whether it may be used without asking; at exactly its lifetime it may not."""
        return self.lifetime > self.age

    @property
    def left(self) -> float:
        """The seconds until it is stale, negative if it has been for a while."""
        return self.lifetime - self.age


def freshness(
    headers: Mapping[str, str],
    now: float,
    *,
    layer: str = "private",
    status: int = 200,
    request_time: float | None = None,
    response_time: float | None = None,
) -> Freshness:
    """
    Return how fresh a response with these fields is at `now`, in seconds since 1970.

    `request_time` and `response_time` are when the cache asked and was answered; a cache that kept
    neither can still tell the age from the fields.

    Complexity: O(length of the fields).

    Raises:
        ValueError: the layer is unknown.

    Source: RFC 9111, sections 4.2.1 to 4.2.3. The guess is a tenth of the time since the last
    change, as section 4.2.2 calls typical, here at most a day.

    >>> headers = {"Date": "Sun, 06 Nov 1994 08:49:37 GMT", "Cache-Control": "max-age=60"}
    >>> freshness(headers, now=784111777 + 45)
    Freshness(lifetime=60.0, age=45.0, source='max-age')
    >>> freshness(headers, now=784111777 + 60).is_fresh
    False
    """
    fields = Fields(headers)
    received = now if response_time is None else response_time
    asked = received if request_time is None else request_time
    lifetime, source = _lifetime(fields, received, is_shared(layer), status)
    return Freshness(lifetime, current_age(fields, now, asked, received), source)


def current_age(fields: Fields, now: float, request_time: float, response_time: float) -> float:
    """
    Return the seconds since the origin made or confirmed a response, erring on the old side.

    Two witnesses are heard, the origin's date and the Age that caches on the way counted, and the
    older is believed; then comes the time that it has been here.

    Source: RFC 9111, section 4.2.3.

    >>> current_age(Fields({"Age": "30"}), now=110, request_time=98, response_time=100)
    42.0
    """
    made = _date(fields, response_time)
    apparent = max(0.0, response_time - made)
    corrected = _age_value(fields) + (response_time - request_time)
    return float(max(apparent, corrected) + now - response_time)


def _lifetime(fields: Fields, received: float, shared: bool, status: int) -> tuple[float, str]:
    control = CacheControl.of(fields)
    for name in ("s-maxage", "max-age") if shared else ("max-age",):
        seconds = control.seconds(name)
        if seconds is not None:
            return float(seconds), name
    if "expires" in fields:
        return _until_expires(fields, received), "Expires"
    return _guess(fields, control, received, status)


def _until_expires(fields: Fields, received: float) -> float:
    # Of two lines the first counts; what is no date, "0" above all, has passed.
    expires = parse_date(fields.lines_of("expires")[0], received)
    return 0.0 if expires is None else max(0.0, expires - _date(fields, received))


def _guess(
    fields: Fields, control: CacheControl, received: float, status: int
) -> tuple[float, str]:
    changed = parse_date(fields.get("last-modified", ""), received)
    if changed is None or not (status in HEURISTIC_STATUS or "public" in control):
        return 0.0, "none"
    since = max(0.0, _date(fields, received) - changed)
    return min(since * HEURISTIC_FRACTION, HEURISTIC_AT_MOST), "heuristic"


def _date(fields: Fields, received: float) -> float:
    date = parse_date(fields.get("date", ""), received)
    return received if date is None else date


def _age_value(fields: Fields) -> float:
    first = (fields.members("age") or [""])[0]
    if not (first.isascii() and first.isdigit()):
        return 0.0
    return float(min(int(first[:20]), LONGEST))
