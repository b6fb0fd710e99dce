"""
A cache for many threads: one lock around each whole operation.

What is called back runs outside the lock, since nobody knows how long it takes or what it waits
for: the loader of `get_or_load`, and `on_evict`. The optional sweep drops dead entries that nobody
asks for.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from threading import RLock
from typing import Any

from .base import Key
from .cache import Cache, OnEvict
from .deadlines import checked_ttl
from .loads import Load, Loads
from .mapping import ABSENT, MappingVerbs
from .stats import CacheStats
from .sweep import Sweep


class Synchronized(MappingVerbs):
    """
    A cache whose operations happen one at a time, whatever the number of threads.

    One lock around each whole operation: a lookup and the move that follows it belong together.
    The lock may be entered again by its holder, so a key whose hash asks the cache is no deadlock.

    With `sweep_every`, a thread drops dead entries each so many seconds, until `close()`, the end
    of a `with` block, or until nobody refers to the cache any more. A closed cache can still be
    used: only the sweep is over.

    Complexity: the cache's own, plus one lock, which in CPython costs more than LRU's bookkeeping.

    >>> from cachelab.eviction import LRU
    >>> cache = Synchronized(Cache(LRU(2)))
    >>> cache.put("a", 1)
    >>> cache.get("a"), len(cache)
    (1, 1)
    """

    def __init__(self, cache: Cache, *, sweep_every: float | None = None) -> None:
        if not isinstance(cache, Cache):
            raise TypeError(f"Synchronized needs a cache such as Cache(LRU(100)), not {cache!r}")
        self.cache = cache
        self._lock = RLock()
        self._turn: AbstractContextManager[Any] = self._lock
        if cache.on_evict is not None:
            self._turn = _LockThatTells(self._lock, cache)
        self._loads = Loads()
        if type(self) is Synchronized and cache.on_evict is None:
            made = _locked(cache, self._lock, self._loads)
            self.get, self.put = made  # type: ignore[method-assign]
        self._sweep = None if sweep_every is None else Sweep(self, sweep_every)

    @property
    def capacity(self) -> int:
        return self.cache.capacity

    @property
    def max_weight(self) -> int | None:
        return self.cache.max_weight

    @property
    def weight(self) -> int:
        """What the entries weigh together; their number where no weight was asked for."""
        with self._turn:
            return self.cache.weight

    @property
    def stats(self) -> CacheStats:
        """The counters at one moment: a copy that later requests do not change."""
        with self._turn:
            return self.cache.stats.copy()

    def get(self, key: Key, default: Any = None) -> Any:
        """Return the value of `key`, or `default` when it is not resident."""
        with self._turn:
            return self.cache.get(key, default)

    def put(self, key: Key, value: Any, ttl: float | None = None) -> None:
        """Store `value` under `key`, for `ttl` seconds where that is given."""
        with self._turn:
            self._loads.overtake(key)
            self.cache.put(key, value, ttl)

    def delete(self, key: Key) -> bool:
        """Drop `key`; tell whether it was resident."""
        with self._turn:
            self._loads.overtake(key)
            return self.cache.delete(key)

    def peek(self, key: Key, default: Any = None) -> Any:
        """Return the value of `key` as `get` does, but neither count nor use it."""
        with self._turn:
            return self.cache.peek(key, default)

    def get_or_load(
        self, key: Key, loader: Callable[[Any], Any], *, ttl: float | None = None
    ) -> Any:
        """
        Return the value of `key`; on a miss, store what `loader(key)` answers and return that.

        The lock is free while the loader runs, and one key is loaded once, however many ask: the
        others wait, and share its answer or its error. An error is not stored, and neither is an
        answer overtaken by `put`, `delete` or `clear`.

        Raises:
            RuntimeError: the loader asks for the key that it loads.
        """
        if ttl is not None:
            checked_ttl(ttl)
        value = self.get(key, ABSENT)
        while value is ABSENT:
            with self._lock:
                # It may have been stored since we looked.
                value = self.cache.peek(key, ABSENT)
                if value is not ABSENT:
                    break
                load, is_mine = self._loads.join(key)
            if is_mine:
                return self._carry_out(load, key, loader, ttl)
            if self._await(load):
                return load.value
        return value

    def _carry_out(
        self, load: Load, key: Key, loader: Callable[[Any], Any], ttl: float | None
    ) -> Any:
        try:
            load.run(loader, key)
            with self._turn:
                if self._loads.end(key, load):
                    self.cache.put(key, load.value, ttl)
        finally:
            # Whatever went wrong, nobody may wait for ever.
            with self._lock:
                self._loads.end(key, load)
            load.end()
        return load.value

    def _await(self, load: Load) -> bool:
        try:
            return load.wait()
        finally:
            with self._lock:
                self._loads.leave()

    def purge(self) -> int:
        """Drop the entries that are dead by now; return how many there were."""
        with self._turn:
            return self.cache.purge()

    def clear(self) -> None:
        """Drop all entries; counters go on."""
        with self._turn:
            self._loads.overtake_all()
            self.cache.clear()

    def reset_stats(self) -> None:
        """Start counting anew."""
        with self._turn:
            self.cache.reset_stats()

    def items(self) -> list[tuple[Key, Any]]:
        """Return the entries as they are at one moment; looking is not a use."""
        with self._turn:
            return self.cache.items()

    def close(self) -> None:
        """End the sweep, if there is one, and wait until it has ended."""
        if self._sweep is not None:
            self._sweep.close()

    def check(self) -> None:
        """Raise AssertionError if the cache's parts disagree."""
        with self._turn:
            self.cache.check()

    def __enter__(self) -> "Synchronized":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __contains__(self, key: object) -> bool:
        with self._turn:
            return key in self.cache

    def __len__(self) -> int:
        with self._turn:
            return len(self.cache)

    def __iter__(self) -> Iterator[Key]:
        with self._turn:
            return iter(self.cache)

    def __repr__(self) -> str:
        return f"Synchronized({self.cache!r})"


def _locked(
    cache: Cache, lock: Any, loads: Loads
) -> tuple[Callable[..., Any], Callable[..., None]]:
    """
    Return `get` and `put` that do as the methods do; in CPython 3.11 a `with` takes twice as long.

    Ctrl-C may come at the end of any call, also that of `acquire`. So `acquire` stands inside the
    `try`: else the lock could be left taken, and all other threads would wait for ever.
    """
    acquire, release = lock.acquire, lock.release
    get_unlocked, put_unlocked, overtake = cache.get, cache.put, loads.overtake

    def get(key: Key, default: Any = None) -> Any:
        try:
            acquire()
            value = get_unlocked(key, default)
        except BaseException:
            _release_if_held(lock)
            raise
        release()
        return value

    def put(key: Key, value: Any, ttl: float | None = None) -> None:
        try:
            acquire()
            overtake(key)
            put_unlocked(key, value, ttl)
        except BaseException:
            _release_if_held(lock)
            raise
        release()

    return get, put


def _release_if_held(lock: Any) -> None:
    try:
        lock.release()
    except RuntimeError:
        return  # interrupted while it waited: the lock was not ours


class _LockThatTells:
    """
    A lock that calls a cache's `on_evict` once it is free again.

    The cache itself is left with a callback that only takes down who left.
    """

    def __init__(self, lock: AbstractContextManager[Any], cache: Cache) -> None:
        assert cache.on_evict is not None
        left: deque[tuple[Any, Any, str]] = deque()
        self._lock = lock
        self._depth = 0
        self._left = left
        self._on_evict: OnEvict = cache.on_evict
        cache.on_evict = lambda *entry: left.append(entry)

    def __enter__(self) -> None:
        self._lock.__enter__()
        self._depth += 1

    def __exit__(self, *error: Any) -> None:
        self._depth -= 1
        is_free = self._depth == 0
        self._lock.__exit__(*error)
        while is_free and self._left:
            try:
                entry = self._left.popleft()
            except IndexError:
                return  # another thread was quicker
            self._on_evict(*entry)
