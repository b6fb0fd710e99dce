"""
Versioned namespaces: the world they are judged in, and what they may answer.

A copy has to be served for the first half of its life and is gone at its end. Any entry of the
store may be evicted: that costs loads, and never brings back what a bump has made a miss.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from cachelab.grading.expecting import anything, exactly
from cachelab.grading.player.values import decode
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.session import Outcome
from cachelab.grading.stories import TOGETHER
from cachelab.grading.world import Named, World, wired
from cachelab.ports import MemoryStore

from .copies_model import one_of

TTL = 60.0


class NamespaceWorld(World):
    """A store, a loader of rows, and another program that uses both."""

    subject = "space"
    others = ("other",)
    words: ClassVar[dict[str, str]] = {
        "@sleep": "{0:g} seconds pass",
        "@changed": "the row of {1!r} in {0!r} becomes {2!r}",
        "@asked": "how many rows were loaded since?",
        "@evict": "the store evicts one of its entries, number {0} by name",
        "@version": "space.version({0!r}), held against what it was before",
    }

    def __init__(self, _: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.store = MemoryStore(self.runtime)
        self.rows: dict[tuple[str, str], Any] = {}
        self.versions: dict[str, list[Any]] = {}
        self.told = 0

    def making(self) -> tuple[Any, ...]:
        self.add("load", self._loader())
        return self.add("store", self.store), Named("ttl", TTL)

    def _loader(self) -> Any:
        def load(name: str, key: str) -> Any:
            return self.rows.get((name, key), first_row(name, key))

        return load

    def do(self, operation: Operation) -> Outcome:
        if operation[0] != "@version":
            return super().do(operation)
        outcome = self.drive({"step": [0, "version", wired(operation[1])]})
        return {"value": self._compare(operation[1], outcome)} if "value" in outcome else outcome

    def _compare(self, name: str, outcome: Outcome) -> str:
        seen, version = self.versions.setdefault(name, []), repr(outcome["value"])
        is_last, is_known = seen[-1:] == [version], version in seen
        seen.append(version)
        if outcome["value"] is None:
            return "None"
        if outcome["value"] == 0 and type(decode(outcome["value"])) is int:
            return "0"
        return "as it was" if is_last else "one it had before" if is_known else "a new one"

    def do_changed(self, name: str, key: str, row: Any) -> None:
        self.rows[name, key] = row

    def do_asked(self) -> int:
        since, self.told = self.told, len(self.calls)
        return sum(call.port == "load" for call in self.calls[since : self.told])

    def do_evict(self, number: int) -> str | None:
        names = sorted(name for name in self.store.entries if name in self.store.get_many([name]))
        if not names:
            return None
        self.store.delete(names[number % len(names)])
        return names[number % len(names)]


def first_row(name: str, key: str) -> str:
    """Return the row that a key has before anybody changes it: no two keys have the same."""
    return f"{name}/{key}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that a read has loaded, and when."""

    row: Any
    since: float


class NamespaceModel:
    """The contract of `VersionedNamespace`: rows, and the copies that reads have left."""

    def __init__(self, _: tuple[Any, ...] = ()) -> None:
        self.now = 0.0
        self.rows: dict[tuple[str, str], Any] = {}
        self.sure: dict[tuple[str, str], Kept] = {}
        self.doubtful: dict[tuple[str, str], list[Kept]] = {}
        self.fewest = self.most = 0
        self.versions: dict[str, str] = {}
        self.news: dict[str, str] = {}
        self.last = ""

    def born(self) -> Expectation:
        return anything("a store and a time are all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        self.last = verb
        if verb == TOGETHER:
            return self._together(arguments[0])
        name = verb.removeprefix("@").rpartition(".")[2]
        answer: Expectation = getattr(self, f"_{name}")(*arguments)
        return answer

    def is_clear(self, seconds: float = 0.0) -> bool:
        """Tell whether every copy must be served, or must not, that many seconds from now."""
        ages = [self.now + seconds - kept.since for kept in self.sure.values()]
        return all(age <= TTL / 2 or age >= TTL for age in ages)

    def _get(self, name: str, key: str, _: Any) -> Expectation:
        place, row = (name, key), self.rows.get((name, key), first_row(name, key))
        self.versions.setdefault(name, "open")
        kept = self.sure.get(place)
        if kept is not None and self.now - kept.since <= TTL / 2:
            why = f"the copy of {key!r} in {name!r} is {self.now - kept.since:g} seconds old"
            return exactly(kept.row, f"{why}, and nothing has made it a miss: it is what answers")
        doubts = [*self.doubtful.get(place, []), *([kept] if kept else [])]
        doubts = [each for each in doubts if self.now - each.since < TTL]
        self.sure.pop(place, None)
        self.doubtful.pop(place, None)
        self.most += 1
        self.fewest += not doubts
        if doubts:
            self.doubtful[place] = [*doubts, Kept(row, self.now)]
        else:
            self.sure[place] = Kept(row, self.now)
        return one_of([row, *(each.row for each in doubts)], self._why(name, key, row))

    def _why(self, name: str, key: str, row: Any) -> str:
        what = f"the row of {key!r} in {name!r} is {row!r}"
        return f"{what}: {self.news.get(name, 'there is no copy of it that could answer')}"

    def _bump(self, name: str) -> Expectation:
        for copies in (self.sure, self.doubtful):
            for place in [place for place in copies if place[0] == name]:
                del copies[place]
        self.versions[name] = "bumped"
        self.news[name] = "no row loaded before the last bump comes back, nor that of another key"
        return anything("a namespace can always be bumped")

    def _changed(self, name: str, key: str, row: Any) -> Expectation:
        self.rows[name, key] = row
        return anything()

    def _sleep(self, seconds: float) -> Expectation:
        self.now += seconds
        return anything()

    def _asked(self) -> Expectation:
        count, self.most, self.fewest = self.most, 0, 0
        return exactly(count, "a key without a copy is loaded once, a key with a copy not at all")

    def _evict(self, _: int) -> Expectation:
        for place, kept in self.sure.items():
            self.doubtful.setdefault(place, []).append(kept)
        self.sure.clear()
        return anything()

    def _version(self, name: str) -> Expectation:
        state = self.versions.get(name)
        self.versions[name] = "known" if state in ("bumped", "known") else "open"
        if state is None:
            return exactly("0", "nobody has bumped or read this namespace: its version is 0")
        if state == "bumped":
            return exactly("a new one", "a bump gives a version that there never was before")
        if state == "known":
            return exactly("as it was", "the version stays as it is until the next bump")
        return anything("before the first bump it is 0, or what the first read made it")

    def _together(self, actors: Any) -> Expectation:
        for _, operations in actors:
            for operation in operations:
                self.expect(operation)
        for place in [*self.sure, *self.doubtful]:
            row = self.rows.get(place, first_row(*place))
            self.doubtful[place] = [Kept(row, self.now)]
        self.sure.clear()
        return anything("all calls end, whatever the order of their steps")
