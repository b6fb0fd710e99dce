"""
A thread that drops dead entries from time to time, and ends with its cache.

It knows the cache by a weak reference only. A sweep that kept its cache alive could never end when
the cache is dropped, and with each cache one thread and all its values would stay.
"""

import sys
import threading
import weakref
from math import inf
from typing import Protocol


class Purgeable(Protocol):
    """What has dead entries to drop."""

    def purge(self) -> int: ...


class Sweep:
    """
    A background thread that calls `purge` every `seconds`.

    Raises:
        TypeError: `seconds` is not a number.
        ValueError: `seconds` is not above 0, or infinite.
    """

    def __init__(self, cache: Purgeable, seconds: float) -> None:
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise TypeError(f"sweep_every must be a number of seconds, not {seconds!r}")
        if not 0 < seconds < inf:
            raise ValueError(f"sweep_every must be above 0 seconds and finite, not {seconds!r}")
        self._stop = threading.Event()
        self.thread = threading.Thread(
            target=_sweep,
            args=(weakref.ref(cache), self._stop, min(seconds, threading.TIMEOUT_MAX)),
            name="cachelab-sweep",
            daemon=True,
        )
        # The thread sleeps most of the time: wake it when the cache goes, to see that it is over.
        weakref.finalize(cache, self._stop.set)
        self.thread.start()

    def close(self) -> None:
        """End the thread; wait for it, unless it is the thread itself that asks."""
        self._stop.set()
        if threading.current_thread() is not self.thread:
            self.thread.join()


def _sweep(cache: weakref.ref[Purgeable], stop: threading.Event, seconds: float) -> None:
    while not stop.wait(seconds):
        swept = cache()
        if swept is None:
            return
        try:
            swept.purge()
        except Exception:  # noqa: BLE001 - an error of on_evict is shown, and ends no sweep
            threading.excepthook(
                threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread()))
            )
        del swept
