"""
Capacities as people write them: so many entries, so many bytes, or a share of all there is.
"""

import re

from .traces import Trace

_BYTES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}


def capacity_of(text: str, trace: Trace, unit: str = "entries") -> int:
    """
    Read a capacity: `1000` entries, or `1%` of the trace's objects; by bytes also `64MiB`.

    A share is rounded to the nearest whole entry (or byte), and is at least one.

    Raises:
        ValueError: it is none of these, or not above zero.

    >>> from cachelab.lab import scan
    >>> capacity_of("64", scan(5_000)), capacity_of("2.5%", scan(5_000))
    (64, 125)
    >>> capacity_of("1.5 KiB", scan(5_000), unit="bytes")
    1536
    """
    number = text.strip().replace("_", "").replace(",", "")
    if number.endswith("%"):
        share = _number(text, number.removesuffix("%"))
        whole = trace.objects if unit == "entries" else int(trace.weights.sum())
        return max(1, round(share / 100 * whole))
    written = re.fullmatch(r"([\d.+-]+)\s*([kmg]i?)?b?", number, re.IGNORECASE)
    if unit == "bytes" and written is not None:
        return max(1, round(_number(text, written[1]) * _BYTES[(written[2] or "").lower()]))
    if not re.fullmatch(r"[+-]?\d+", number):
        raise ValueError(f"capacity {text!r} is neither a number of {unit} nor a share")
    return int(_number(text, number))


def _number(text: str, number: str) -> float:
    try:
        value = float(number)
    except ValueError:
        raise ValueError(f"capacity {text!r} is neither a number nor a share") from None
    if not 0 < value < float("inf"):
        raise ValueError(f"capacity must be at least 1 entry, not {text.strip()!r}")
    return value
