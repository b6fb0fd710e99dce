"""
A bound on how many loads the database has at once, so that a dead cache does not kill it too.

A cache with a hit ratio of 0.95 hides nineteen requests in twenty from the database. When it dies,
the database gets twenty times its load. To serve some and turn the rest away at once is better
than to serve nobody: those who are turned away know it in time to do something else.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

from cachelab.ports import Overloaded, Runtime, Signal, Source, ThreadRuntime, Versioned
from cachelab.ports.stores import Absent


class Turn:
    """The place of one who waits: `granted` once somebody who left has handed over theirs."""

    __slots__ = ("granted", "signal")

    def __init__(self, signal: Signal) -> None:
        self.signal = signal
        self.granted = False


class Gate:
    """
    A way in for at most `at_most` at once, with a queue of at most `queue` before it.

    Who has waited `patience` seconds in the queue, or finds it full, is turned away. First come,
    first in: a place that is given back goes to the one who has waited longest.

    Complexity: O(1), and one signal for each who waits.

    Raises:
        ValueError: a number is out of range.
        Overloaded: there was no place.

    >>> gate = Gate(1, queue=0)
    >>> with gate.place():
    ...     with gate.place(): pass
    Traceback (most recent call last):
    cachelab.ports.errors.Overloaded: 1 loads are under way and 0 wait: no more can be taken
    """

    def __init__(
        self,
        at_most: int,
        *,
        queue: int = 0,
        patience: float = 1.0,
        runtime: Runtime | None = None,
    ) -> None:
        if at_most < 1:
            raise ValueError(f"at_most must be at least 1, not {at_most!r}")
        if queue < 0:
            raise ValueError(f"queue must be 0 places or more, not {queue!r}")
        if not 0 <= patience < float("inf"):
            raise ValueError(f"patience must be 0 seconds or more, not {patience!r}")
        self.at_most = at_most
        self.queue = queue
        self.patience = patience
        self.runtime: Runtime = ThreadRuntime() if runtime is None else runtime
        self.inside = 0
        """How many have a place now."""
        self.shed = 0
        """How many were ever turned away."""
        self._waiting: dict[Turn, None] = {}
        self._lock = Lock()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for the length of a `with` block."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    @property
    def waiting(self) -> int:
        """How many stand in the queue now."""
        return len(self._waiting)

    def _enter(self) -> None:
        with self._lock:
            if self.inside < self.at_most:
                self.inside += 1
                return
            if len(self._waiting) >= self.queue:
                self.shed += 1
                raise Overloaded(
                    f"{self.inside} loads are under way and {len(self._waiting)} wait: "
                    "no more can be taken"
                )
            turn = Turn(self.runtime.event())
            self._waiting[turn] = None
        self._wait(turn)

    def _wait(self, turn: Turn) -> None:
        try:
            turn.signal.wait(self.patience)
        except BaseException:  # Ctrl-C in the queue: a place that came meanwhile is given back
            if self._gives_up(turn):
                raise
            self._leave()
            raise
        if self._gives_up(turn):
            with self._lock:
                self.shed += 1
            raise Overloaded(f"no place came free within {self.patience:g} s")

    def _gives_up(self, turn: Turn) -> bool:
        """Leave the queue; tell whether that was without a place."""
        with self._lock:
            self._waiting.pop(turn, None)
            return not turn.granted

    def _leave(self) -> None:
        with self._lock:
            turn = next(iter(self._waiting), None)
            if turn is None:
                self.inside -= 1
                return
            del self._waiting[turn]
            turn.granted = True
        turn.signal.set()


class LimitedSource:
    """
    A `Source` around a source, which has at most `at_most` reads under way at once.

    Others wait in a queue of `queue` for `patience` seconds; whoever finds it full, or waits in
    vain, gets `Overloaded`, a `SourceError`. Only reads are limited: it is those that a dead cache
    multiplies, and a write that was accepted before must not be refused because of them. So a
    database that bears n calls at once gets `at_most` below n, by what writing needs.

    A read that hangs keeps its place, so give the database's client a timeout.

    Raises:
        ValueError: a number is out of range.
        Overloaded: the read was turned away.

    >>> from cachelab.ports import MemorySource
    >>> source = LimitedSource(MemorySource(), at_most=8, queue=32, patience=0.5)
    >>> source.write("k", "row"), source.read("k").value, source.gate.shed
    (1, 'row', 0)
    """

    def __init__(
        self,
        source: Source,
        at_most: int,
        *,
        queue: int = 0,
        patience: float = 1.0,
        runtime: Runtime | None = None,
    ) -> None:
        self.source = source
        self.gate = Gate(at_most, queue=queue, patience=patience, runtime=runtime)

    def read(self, key: str) -> Versioned | Absent:
        """Return the row of `key`, or MISSING, once there is a place."""
        with self.gate.place():
            return self.source.read(key)

    def write(self, key: str, value: Any, version: int | None = None) -> int:
        """Make `value` the row of `key` unless that is older; return the version now stored."""
        return self.source.write(key, value, version)

    def write_many(self, rows: Mapping[str, Versioned]) -> None:
        """Store those of `rows` that are newer, in one transaction."""
        self.source.write_many(rows)

    def delete(self, key: str, version: int | None = None) -> int:
        """Leave `key` without a row unless that is older; return the version now stored."""
        return self.source.delete(key, version)

    def close(self) -> None:
        """Close the source."""
        self.source.close()

    def __repr__(self) -> str:
        return f"LimitedSource({self.source!r}, at_most={self.gate.at_most})"
