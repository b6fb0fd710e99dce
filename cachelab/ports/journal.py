"""
What happened at the ports, in order: the evidence for what a cache is said to do.

`instrument` writes one event for each call of a store or a source, and a lesson, a test or a
grader reads them: how many round trips, in which order, and what came back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias, overload

Key: TypeAlias = str | tuple[str, ...] | None
"""The key that a call is about, all of them for a call about many, None for a call about none."""

HEADINGS = ("at", "task", "port", "verb", "key", "outcome", "seconds")
WIDEST = 40


@dataclass(frozen=True, slots=True)
class Event:
    """
    One call at a port.

    `at` is when it began and `seconds` how long it takes its caller. `outcome` is "ok", "missing"
    for an answer MISSING, "no" for False, or else the name of the error that the caller gets;
    after "lost: " the call was carried out all the same.
    """

    at: float
    task: str
    port: str
    verb: str
    key: Key
    outcome: str
    seconds: float


class Journal(Sequence[Event]):
    """
    Events in the order in which the calls were carried out; printed, they are a table.

    Any number of threads may write to one journal.

    >>> journal = Journal([Event(0.0, "main", "MemoryStore", "get", "k", "missing", 0.5)])
    >>> journal.append(Event(0.5, "main", "MemoryStore", "set", "k", "ok", 0.25))
    >>> journal.verbs(), journal.counts()["get"]
    (['get', 'set'], 1)
    >>> print(journal)
        at  task  port         verb  key  outcome  seconds
    0.0000  main  MemoryStore  get   k    missing   0.5000
    0.5000  main  MemoryStore  set   k    ok        0.2500
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._events = list(events)
        self._lock = Lock()

    def append(self, event: Event) -> None:
        """Write `event` at the end."""
        with self._lock:
            self._events.append(event)

    def clear(self) -> None:
        """Forget all events."""
        with self._lock:
            self._events.clear()

    def counts(self) -> Counter[str]:
        """Return how many calls there were of each verb, 0 for one that was not called."""
        return Counter(self.verbs())

    def verbs(self) -> list[str]:
        """Return the verb of each event, in order."""
        return [event.verb for event in self._copy()]

    def _copy(self) -> list[Event]:
        with self._lock:
            return self._events.copy()

    @overload
    def __getitem__(self, place: int) -> Event: ...

    @overload
    def __getitem__(self, place: slice) -> "Journal": ...

    def __getitem__(self, place: int | slice) -> "Event | Journal":
        events = self._copy()
        return Journal(events[place]) if isinstance(place, slice) else events[place]

    def __iter__(self) -> Iterator[Event]:
        return iter(self._copy())

    def __len__(self) -> int:
        return len(self._events)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Journal | list):
            return self._copy() == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        rows = [HEADINGS, *map(_cells, self._copy())]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(_line(row, widths) for row in rows)

    def __repr__(self) -> str:
        return f"<Journal of {len(self)} events>"


def _cells(event: Event) -> tuple[str, ...]:
    key = event.key if isinstance(event.key, str) else " ".join(event.key or ("-",))
    key = key if len(key) <= WIDEST else f"{key[: WIDEST - 3]}..."
    at, seconds = f"{event.at:.4f}", f"{event.seconds:.4f}"
    return at, event.task, event.port, event.verb, key, event.outcome, seconds


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    """The cells of `row` side by side, the numbers at the right of their columns."""
    first, *texts, last = zip(row, widths, strict=True)
    padded = [first[0].rjust(first[1]), *(text.ljust(width) for text, width in texts)]
    return "  ".join([*padded, last[0].rjust(last[1])])
