"""
A store whose failures cost little time and never a wrong answer.

A read that fails is a miss: the truth is elsewhere, and a cache that is gone is only slow. A write
that fails says so. A delete that fails is owed, and until it is paid its key is a miss here, so a
copy that should be gone is not served by this process.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any, Literal, TypeAlias, TypeVar, get_args

from cachelab.ports import MISSING, Runtime, Store, StoreError, ThreadRuntime
from cachelab.ports.stores import Absent, check_key

from .breaker import CircuitBreaker, CircuitOpen, State
from .health import Health
from .pending import PendingDeletes, StaleRisk, log_risk
from .retries import Retries
from .shedding import LimitedSource
from .telling import tell

T = TypeVar("T")

OnError: TypeAlias = Callable[[str, str | None, StoreError], object]
"""Is told the verb, the key (None for many) and the error of each call that failed."""

FailedReads: TypeAlias = Literal["missing", "raise"]


class Resilient:
    """
    A `Store` around one that may be slow, broken or gone.

    What cannot be read is missing; a write that failed raises `StoreError`, as with any store. All
    go through `breaker`; while that is open, reads are misses at once and writes are refused at
    once. Verbs that are harmless to repeat are tried as `retries` says; `add` and `replace` are
    tried once. How long one try takes is the client's timeout, so give the client a short one and
    no retries of its own.

    A miss for want of an answer is no proof of absence. To load after it is right; to leave a copy
    alone because of it is not, as a write-around does that finds nothing to correct. Those who
    handle `StoreError`, as every strategy here does, get it with `failed_reads="raise"`.

    After a `delete` that failed the key is missing here until the delete has gone through; it is
    tried again in the background for `give_up_after` seconds, for at most `pending_at_most` keys.
    The same goes for a `set` that failed, since the value it was to replace may still be there, and
    for a `replace` by MISSING. What cannot be deleted in time is told to `on_risk` and stands in
    `health()`: another process, or a later read of this one, may be served the old copy until it
    expires. `on_error` is told of each call that failed, for alerts.

    `close` closes the store as well.

    Complexity: the store's, plus O(1); a read takes at most `longest_read(timeout)` seconds.

    Raises:
        ValueError: `failed_reads` is another word, or a number is out of range.
        StoreError: a write failed, or a read with `failed_reads="raise"`.

    >>> from cachelab.ports import MemoryStore
    >>> store = Resilient(MemoryStore())
    >>> store.set("k", "v"), store.get("k")
    (None, 'v')
    >>> print(store.health())
    The cache answers. No delete is owed. No key is known to be at risk of being stale.
    """

    def __init__(
        self,
        store: Store,
        breaker: CircuitBreaker | None = None,
        *,
        failed_reads: FailedReads = "missing",
        retries: Retries | None = None,
        runtime: Runtime | None = None,
        rng: random.Random | None = None,
        pending_at_most: int = 1_000,
        give_up_after: float = 60.0,
        on_risk: Callable[[StaleRisk], object] | None = log_risk,
        on_error: OnError | None = None,
    ) -> None:
        if failed_reads not in get_args(FailedReads):
            raise ValueError(f"failed_reads must be 'missing' or 'raise', not {failed_reads!r}")
        self.failed_reads = failed_reads
        self.store = store
        self.runtime: Runtime = ThreadRuntime() if runtime is None else runtime
        if breaker is None:
            breaker = CircuitBreaker(self.runtime, failures=StoreError)
        self.breaker = breaker
        self.retries = Retries() if retries is None else retries
        self.rng = random.Random() if rng is None else rng
        self.on_error = on_error
        self.pending = PendingDeletes(
            lambda key: self.breaker.call(self.store.delete, key),
            self.runtime,
            at_most=pending_at_most,
            give_up_after=give_up_after,
            rng=self.rng,
            on_risk=on_risk,
        )
        self.failed_calls = 0
        """Tries that the store failed."""
        self.refused_calls = 0
        """Tries that were not made, the breaker being open."""
        self._counting = Lock()

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING, as a rule also when the store fails."""
        if check_key(key) in self.pending:
            return MISSING
        found = self._read("get", key, lambda: self.store.get(key), MISSING)
        return MISSING if key in self.pending else found  # it may be owed since we asked

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values; none when the store fails."""
        wanted = [key for key in keys if check_key(key) not in self.pending]
        nothing: dict[str, Any] = {}
        found = self._read("get_many", None, lambda: self.store.get_many(wanted), nothing)
        return {key: value for key, value in found.items() if key not in self.pending}

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, or MISSING, also when the store fails."""
        if check_key(key) in self.pending:
            return MISSING
        return self._read("ttl", key, lambda: self.store.ttl(key), MISSING)

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value` under `key`; if that fails, the value it was to replace must go."""
        self._overwrite("set", [check_key(key)], lambda: self.store.set(key, value, ttl))

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries`; if that fails, whatever is under their keys must go."""
        keys = [check_key(key) for key in entries]
        self._overwrite("set_many", keys, lambda: self.store.set_many(entries, ttl))

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing is there, in one try; tell whether it was kept."""
        if check_key(key) in self.pending:
            self.delete(key)  # until that is done, nobody knows what is there
        return self._try("add", key, lambda: self.store.add(key, value, ttl))

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new` in the place of `old`, in one try; tell whether `old` was there."""
        if check_key(key) in self.pending:
            return False
        try:
            return self._try("replace", key, lambda: self.store.replace(key, old, new, ttl))
        except StoreError as error:
            if new is MISSING:
                self.pending.add(key, str(error))
            raise

    def delete(self, key: str) -> bool:
        """
        Drop `key`; tell whether it was there. If that fails, it is tried again in the background.

        Raises:
            StoreError: it has not been dropped yet; here it is missing nevertheless.
        """
        return self._overwrite("delete", [check_key(key)], lambda: self.store.delete(key))

    def clear(self) -> None:
        """Drop every entry of the store, and with them the deletes that are owed."""
        owed = self.pending.debts()
        self._tries("clear", None, self.store.clear)
        for key, debt in owed.items():
            self.pending.settle(key, debt)

    def close(self) -> None:
        """Try once more what is owed, report the rest, and close the store."""
        self.pending.close()
        self.store.close()

    def health(self, source: LimitedSource | None = None) -> Health:
        """Return how things are; with `source`, also how many loads it turned away."""
        return Health(
            breaker=self.breaker.state.value,
            pending_deletes=len(self.pending),
            staleness_risks=self.pending.risks,
            recent_risks=tuple(self.pending.recent),
            failed_calls=self.failed_calls,
            refused_calls=self.refused_calls,
            shed_loads=0 if source is None else source.gate.shed,
        )

    def longest_read(self, timeout: float) -> float:
        """Return the longest that a read takes if the store fails within `timeout` seconds."""
        return self.retries.longest(timeout)

    def _read(self, verb: str, key: str | None, call: Callable[[], T], nothing: T) -> T:
        try:
            return self._tries(verb, key, call)
        except StoreError:
            if self.failed_reads == "raise":
                raise
            return nothing

    def _overwrite(self, verb: str, keys: list[str], call: Callable[[], T]) -> T:
        """Make a call after which the old values of `keys` are gone, or owe their delete."""
        owed = [(key, self.pending.debt(key)) for key in keys]
        try:
            answer = self._tries(verb, keys[0] if len(keys) == 1 else None, call)
        except StoreError as error:
            for key in keys:
                self.pending.add(key, str(error))
            raise
        for key, debt in owed:
            self.pending.settle(key, debt)
        return answer

    def _tries(self, verb: str, key: str | None, call: Callable[[], T]) -> T:
        """Make a call that may be repeated."""
        for pause in self.retries.pauses(self.rng):
            try:
                return self._try(verb, key, call)
            except StoreError:
                if self.breaker.state is not State.CLOSED:
                    raise
            self.runtime.sleep(pause)
        return self._try(verb, key, call)

    def _try(self, verb: str, key: str | None, call: Callable[[], T]) -> T:
        """Make a call once, if the breaker lets it through."""
        try:
            answer: T = self.breaker.call(call)
        except CircuitOpen as error:
            with self._counting:
                self.refused_calls += 1
            raise StoreError(f"the cache is left alone for a while: {error}") from error
        except StoreError as error:
            with self._counting:
                self.failed_calls += 1
            tell(self.on_error, verb, key, error)
            raise
        return answer

    def __repr__(self) -> str:
        return f"Resilient({self.store!r})"
