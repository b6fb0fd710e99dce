"""
Leases: the world they are judged in, and which fills are kept.

Who reads is A or B; a lease that one of them got is passed on as it came, whatever it is.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from cachelab.grading.expecting import anything, exactly, refusal
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.session import Outcome
from cachelab.grading.stories import TOGETHER
from cachelab.grading.world import Named, World, wired
from cachelab.ports import MISSING, MemoryStore

from .copies_model import one_of
from .outages import FaultySource

TTL = 60.0
LEASE_SECONDS = 10.0


class LeaseWorld(World):
    """A store and a source, which another program uses as well."""

    others = ("other",)
    words: ClassVar[dict[str, str]] = {
        "@sleep": "{0:g} seconds pass",
        "@changed": "somebody else makes {1!r} the row of {0!r}",
        "@asked": "how often was the source asked for a row since?",
        "@source": "the source is {0}",
        "@lease": "lease_of_{0} = cache.lease({1!r})",
        "@fill": "cache.fill({1!r}, lease_of_{0}, {2!r})",
    }

    def __init__(self, _: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.store, self.source = MemoryStore(self.runtime), FaultySource()
        self.leases: dict[str, Any] = {}
        self.told = 0

    def making(self) -> tuple[Any, ...]:
        ports = self.add("store", self.store), self.add("source", self.source)
        return *ports, Named("ttl", TTL)

    def do(self, operation: Operation) -> Outcome:
        verb, *rest = operation
        if verb == "@lease":
            outcome = self.drive({"step": [0, "lease", wired(rest[1])], "exact": True})
            self.leases[rest[0]] = outcome.get("value")
            return outcome
        if verb == "@fill":
            who, key, row = rest
            lease = self.leases.get(who)
            return self.drive({"step": [0, "fill", wired(key), lease, wired(row)]})
        return super().do(operation)

    def do_changed(self, key: str, row: Any) -> None:
        self.source.inner.write(key, row)

    def do_source(self, state: str) -> None:
        self.source.state = state

    def do_asked(self) -> int:
        since, self.told = self.told, len(self.calls)
        calls = self.calls[since : self.told]
        return sum(call.port == "source" and call.verb == "read" for call in calls)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds it, its number among all of them, and since when."""

    who: str
    number: int
    since: float


@dataclass(frozen=True, slots=True)
class Filled:
    """A row in the cache, since when."""

    row: Any
    since: float


class LeaseModel:
    """The contract of `LeasedFill`: of each key nothing is kept, a lease, or a row."""

    def __init__(self, _: tuple[Any, ...] = ()) -> None:
        self.now = 0.0
        self.rows: dict[str, Any] = {}
        self.kept: dict[str, Lease | Filled] = {}
        self.leases: dict[str, tuple[str, int]] = {}
        """By who asked last: for which key, and the lease's number; 0 where there was none."""
        self.ended: dict[int, str] = {}
        self.number = self.asked = 0
        self.source = "up"
        self.last = ""

    def born(self) -> Expectation:
        return anything("a store, a source and a time are all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        self.last = verb
        if verb == TOGETHER:
            return self._together(arguments[0])
        name = verb.removeprefix("@").rpartition(".")[2]
        answer: Expectation = getattr(self, f"_{name}")(*arguments)
        return answer

    def is_clear(self, seconds: float) -> bool:
        """Tell whether every row must be served, or must not, that many seconds from now."""
        rows = [kept for kept in self.kept.values() if isinstance(kept, Filled)]
        ages = [self.now + seconds - each.since for each in rows]
        return all(age <= TTL / 2 or age >= TTL for age in ages)

    def _there(self, key: str) -> Lease | Filled | None:
        kept = self.kept.get(key)
        life = LEASE_SECONDS if isinstance(kept, Lease) else TTL
        if kept is not None and self.now - kept.since >= life:
            del self.kept[key]
            if isinstance(kept, Lease):
                self.ended[kept.number] = f"it ended after {LEASE_SECONDS:g} seconds"
            return None
        return kept

    def _lease(self, who: str, key: str) -> Expectation:
        there = self._there(key)
        self.leases[who] = (key, 0)
        if isinstance(there, Filled):
            return exactly(None, f"{key!r} is in the cache: there is nothing to fill")
        if there is not None:
            age = self.now - there.since
            why = f"the lease of {there.who}, {age:g} seconds old, is still good: one at a time"
            return exactly(None, why)
        self.number += 1
        self.leases[who] = (key, self.number)
        self.kept[key] = Lease(who, self.number, self.now)
        why = f"{key!r} is not in the cache and nobody holds a lease: {who} gets one"
        return Expectation("a lease", _is_lease, why)

    def _fill(self, who: str, key: str, row: Any) -> Expectation:
        there, number = self._there(key), self.leases[who][1]
        if isinstance(there, Lease) and there.number == number:
            self.kept[key] = Filled(row, self.now)
            self.ended[number] = "it was used to fill before"
            return exactly(True, f"the lease of {who} is still good, so its row is kept")
        if number == 0:
            return exactly(False, f"{who} holds no lease, so its row is not kept")
        return exactly(False, f"the lease of {who} is void: {self.ended[number]}")

    def _cancel(self, key: str) -> Expectation:
        there = self._there(key)
        if isinstance(there, Lease):
            self.ended[there.number] = "it was cancelled"
        self.kept.pop(key, None)
        return anything("a key can always be cancelled")

    def _write(self, key: str, row: Any) -> Expectation:
        self._cancel(key)
        self.rows[key] = row
        return anything("the source takes the row")

    def _read(self, key: str) -> Expectation:
        there, row = self._there(key), self.rows.get(key, MISSING)
        if isinstance(there, Filled):
            age = self.now - there.since
            return exactly(there.row, f"it was filled {age:g} seconds ago, and is what answers")
        self.asked += 1
        if self.source == "down":
            return refusal("SourceError", why="there is no copy, and the source does not answer")
        if there is None and row is not MISSING:
            self.kept[key] = Filled(row, self.now)
        return exactly(row, f"nothing is in the cache for {key!r}, and this is what the source has")

    def _changed(self, key: str, row: Any) -> Expectation:
        self.rows[key] = row
        return anything()

    def _source(self, state: str) -> Expectation:
        self.source = state
        return anything()

    def _sleep(self, seconds: float) -> Expectation:
        self.now += seconds
        return anything()

    def _asked(self) -> Expectation:
        count, self.asked = self.asked, 0
        return exactly(count, "a read asks the source once if there is no copy, else not at all")

    def _together(self, actors: Any) -> Expectation:
        for _, operations in actors:
            for operation in operations:
                self.expect(operation)
        self.kept.clear()
        return anything("all calls end, whatever the order of their steps")


class RaceModel(LeaseModel):
    """After a race only the row counts: whether there is a copy of it is not known."""

    def _read(self, key: str) -> Expectation:
        row = self.rows.get(key, MISSING)
        return one_of([row], f"{row!r} was written, and nothing older may be served now")


def _is_lease(outcome: Outcome) -> bool:
    return "value" in outcome and outcome["value"] is not None and outcome["value"] is not False
