"""
The two kinds of number a policy is tuned with, and the sentence that refuses a wrong one.
"""

from math import isfinite


def share(name: str, value: float, *, below: float = 1.0) -> float:
    """
    Return `value`, a part of the capacity from 0 up to and without `below`.

    Raises:
        ValueError: it is outside.

    >>> share("kin", 0.25)
    0.25
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, not {value!r}")
    if not (isfinite(value) and 0 <= value < below):
        raise ValueError(f"{name} must be at least 0 and below {below:g}, not {value!r}")
    return float(value)


def whole(name: str, value: int, *, least: int) -> int:
    """
    Return `value`, a whole number from `least` up.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is too small.

    >>> whole("k", 2, least=1)
    2
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")
    return value
