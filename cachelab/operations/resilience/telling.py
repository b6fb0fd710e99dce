"""
Observers are told what happened, and whatever they do with it stays their own business.

A callback that fails must not turn an answer that is in hand into an error, so its error is logged.
"""

import logging
from collections.abc import Callable
from typing import Any

LOGGER = logging.getLogger("cachelab.operations")


def tell(observer: Callable[..., Any] | None, *facts: Any) -> None:
    """Call `observer` with `facts`, if there is one; log what it raises."""
    if observer is None:
        return
    try:
        observer(*facts)
    except Exception:  # an observer's error is not its caller's
        LOGGER.exception("the observer %r failed", observer)
