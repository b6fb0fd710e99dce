"""
Dates as HTTP writes them, and a clock that tells them.

Ages in HTTP are differences between dates of different machines, so here, and only here, time is
the number of seconds since 1970 and not a number without an origin.
"""

import re
import time
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Final

_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_TIME: Final = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"[A-Z][a-z]{{2}}, (?P<day>\d\d) (?P<month>[A-Z][a-z]{{2}}) (?P<year>\d{{4}}) {_TIME} GMT",
        rf"[A-Z][a-z]{{5,8}}, (?P<day>\d\d)-(?P<month>[A-Z][a-z]{{2}})-(?P<year>\d\d) {_TIME} GMT",
        rf"[A-Z][a-z]{{2}} (?P<month>[A-Z][a-z]{{2}}) (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",
    )
)


class WallClock:
    """
    The date of this machine, as seconds since the start of 1970.

    It may jump, forwards or back, when somebody sets it; HTTP has no better.
    """

    def now(self) -> float:
        """Return the seconds since 1970."""
        return time.time()


def parse_date(text: str, now: float | None = None) -> float | None:
    """
    Return the seconds since 1970 of a date in any of HTTP's three forms, or None if it is no date.

    A year of two digits is in the century that makes it at most 50 years later than `now`.

    Source: RFC 9110, section 5.6.7.

    >>> parse_date("Sun, 06 Nov 1994 08:49:37 GMT")
    784111777.0
    >>> parse_date("Sunday, 06-Nov-94 08:49:37 GMT"), parse_date("Sun Nov  6 08:49:37 1994")
    (784111777.0, 784111777.0)
    >>> print(parse_date("0"))
    None
    """
    match = next(filter(None, (form.fullmatch(text.strip()) for form in _FORMS)), None)
    if match is None or match["month"] not in _MONTHS:
        return None
    year = int(match["year"])
    if len(match["year"]) == 2:
        year = _century(year, time.time() if now is None else now)
    month, day = _MONTHS.index(match["month"]) + 1, int(match["day"])
    clock = int(match["hour"]), int(match["minute"]), min(int(match["second"]), 59)
    try:
        return datetime(year, month, day, *clock, tzinfo=UTC).timestamp()
    except ValueError:
        return None


def format_date(seconds: float) -> str:
    """
    Return a date in the form that HTTP prefers.

    >>> format_date(784111777)
    'Sun, 06 Nov 1994 08:49:37 GMT'
    """
    return formatdate(seconds, usegmt=True)


def _century(year: int, now: float) -> int:
    latest = datetime.fromtimestamp(now, UTC).year + 50
    return latest - (latest - year) % 100
