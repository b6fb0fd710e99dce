"""
A thread that listens to a server, and comes back whatever happens to the connection.
"""

import random
from collections.abc import Callable
from threading import Event

import redis

from cachelab.ports import StoreError, ThreadRuntime

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
"""Seconds before a new connection: doubled after each failure, less a random share of a half."""


class Listener:
    """
    Calls `listen(self)` again and again, each of which lives as long as one connection does.

    `listen` calls `is_ready` once it misses nothing any more, and returns when `closing` is set.
    The constructor returns after the first `is_ready`.

    Raises:
        StoreError: there was no connection within `patience` seconds.
    """

    def __init__(self, listen: Callable[["Listener"], None], patience: float) -> None:
        self.listen = listen
        self.closing = Event()
        self.times_ready = 0
        self._first = Event()
        self._pause = FIRST_PAUSE
        self._task = ThreadRuntime().spawn(self._run, name="cachelab listener")
        if not self._first.wait(patience):
            self.closing.set()
            raise StoreError(f"nobody to listen to within {patience:g} s")

    def is_ready(self) -> None:
        """Note that from now on nothing is missed."""
        self.times_ready += 1
        self._pause = FIRST_PAUSE
        self._first.set()

    def close(self) -> None:
        """Listen no longer, and wait for the thread to end."""
        self.closing.set()
        self._task.join()

    def _run(self) -> None:
        while not self.closing.is_set():
            try:
                self.listen(self)
            except redis.RedisError:
                self.closing.wait(self._pause * random.uniform(0.5, 1.0))
                self._pause = min(LONGEST_PAUSE, 2 * self._pause)
