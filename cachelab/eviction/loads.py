"""
Loads under way: at most one per key, however many ask.

The first caller that misses a key loads it; those who miss the same key meanwhile wait for that
load and share what comes of it. A `put` or `delete` in the meantime wins: what the load brings was
read before it.
"""

from collections.abc import Callable
from threading import Lock, get_ident
from typing import Any

from .base import Key


class Load:
    """
    One call of a loader, and what came of it.

    A lock that is taken from the start serves as the signal: the loader's caller releases it.
    """

    def __init__(self) -> None:
        self.thread = get_ident()
        self.value: Any = None
        self.error: BaseException | None = None
        self._under_way = Lock()
        self._under_way.acquire()

    def run(self, loader: Callable[[Any], Any], key: Key) -> None:
        """Load, and keep the value or the error for those who wait."""
        try:
            self.value = loader(key)
        except BaseException as error:
            self.error = error
            raise

    def end(self) -> None:
        """Let go all who wait."""
        self._under_way.release()

    def wait(self) -> bool:
        """
        Wait for the end; tell whether it says anything to others than the one who loaded.

        Ctrl-C in the loading thread is that thread's affair: who waited tries again. An error of
        the loader is shared, because it would be the same for all who asked at that time.
        """
        with self._under_way:
            pass
        if isinstance(self.error, Exception):
            raise self.error
        return self.error is None


class Loads:
    """
    The loads of one cache, by key. Every method is called with the cache's lock held.

    Raises:
        RuntimeError: a load would wait for itself, by way of other threads or directly.
    """

    def __init__(self) -> None:
        self._by_key: dict[Key, Load] = {}
        self._waiting: dict[int, Load] = {}
        """What each waiting thread waits for."""

    def join(self, key: Key) -> tuple[Load, bool]:
        """Return the load of `key` to wait for, or a new one; and whether it is new."""
        load = self._by_key.get(key)
        if load is None:
            load = self._by_key[key] = Load()
            return load, True
        self._refuse_a_circle(key, load)
        self._waiting[get_ident()] = load
        return load, False

    def leave(self) -> None:
        """Note that the calling thread waits no more."""
        self._waiting.pop(get_ident(), None)

    def end(self, key: Key, load: Load) -> bool:
        """Take `load` off the list; tell whether its value is still wanted under `key`."""
        if self._by_key.get(key) is not load:
            return False
        del self._by_key[key]
        return True

    def overtake(self, key: Key) -> None:
        """Note that `key` was written or deleted, so that a load begun before is not stored."""
        if self._by_key:
            self._by_key.pop(key, None)

    def overtake_all(self) -> None:
        self._by_key.clear()

    def _refuse_a_circle(self, key: Key, load: Load) -> None:
        ahead: Load | None = load
        while ahead is not None:
            if ahead.thread == get_ident():
                raise RuntimeError(f"loading {key!r} waits for itself and would never end")
            ahead = self._waiting.get(ahead.thread)
