"""
How long a session may be kept: until nobody has used it for a while, and never longer than that.

A session in a cache has two ends. Each use puts off the idle one; nothing puts off the absolute
one, or a stolen session could be kept alive for ever by using it.
"""

import math


def session_ttl(started: float, now: float, *, idle: float, absolute: float) -> float | None:
    """
    The time to live to give a session at a use of it, or None when it is over.

    `started` and `now` are seconds of one clock; `idle` the seconds without a use after which it
    ends, `absolute` the seconds after its start at which it ends in any case. An idle end that has
    passed needs no check: the entry is gone.

    Source: OWASP, Session Management Cheat Sheet, "Session Expiration": idle 2 to 5 minutes where
    much is at stake and 15 to 30 where little is, absolute 4 to 8 hours for a day's work.

    Raises:
        ValueError: `idle` or `absolute` is not above 0, `now` is before the start or not finite.

    >>> hour = 3600
    >>> session_ttl(0, 5 * hour, idle=900, absolute=8 * hour)
    900
    >>> session_ttl(0, 8 * hour - 60, idle=900, absolute=8 * hour)  # used to the end
    60
    >>> session_ttl(0, 8 * hour, idle=900, absolute=8 * hour) is None
    True
    """
    if not (math.isfinite(started) and started <= now < math.inf):
        raise ValueError(f"now must not be before the start: {now!r} and {started!r}")
    for name, seconds in (("idle", idle), ("absolute", absolute)):
        if not 0 < seconds < math.inf:
            raise ValueError(f"{name} must be a number of seconds above 0, not {seconds!r}")
    left = started + absolute - now
    return min(idle, left) if left > 0 else None
