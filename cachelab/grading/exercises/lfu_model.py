"""
LFU as slowly and as plainly as it can be said: a list of entries with their counts.

Where the contract leaves a choice, the expectation accepts both: what `delete` answers, KeyError
for an absent key, capacity 0 refused or storing nothing.
"""

from dataclasses import dataclass
from typing import Any

from cachelab.grading.expecting import anything, either, exactly, raises, refusal, returns
from cachelab.grading.runs import Expectation, Operation


@dataclass(slots=True)
class Entry:
    """A key with its value and how often it was used since it came in."""

    key: Any
    value: Any
    count: int = 1


class LFUModel:
    """
    The contract of `LFUCache`, with the reason for everything it expects.

    `entries` are in the order of their last use, the oldest first, so that the first among those
    with the smallest count is the victim.

    Complexity: O(n) per operation.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.entries: list[Entry] = []
        self.missed: set[Any] = set()
        self.seen: set[Any] = set()
        self.gone: dict[Any, str] = {}

    @property
    def keys(self) -> list[Any]:
        return [entry.key for entry in self.entries]

    def born(self) -> Expectation:
        """Expect a cache, or a refusal where the capacity allows or asks for one."""
        if self.capacity < 0:
            why = "a cache cannot have room for fewer than 0 entries"
            return refusal("ValueError", why=why)
        if self.capacity == 0:
            why = "capacity 0 either stores nothing or is refused with ValueError"
            text = "a cache that stores nothing, or ValueError"
            return Expectation(text, lambda o: returns(o) or raises("ValueError")(o), why)
        return Expectation("a cache", returns, "the capacity is at least 1")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        answer: Expectation = getattr(self, f"_{verb}")(*arguments)
        return answer

    def _get(self, key: Any, default: Any = None) -> Expectation:
        why = self.about(key)
        entry = self._find(key)
        if entry is None:
            self.missed.add(key)
            return exactly(default, why)
        self._use(entry)
        return exactly(entry.value, why)

    def _put(self, key: Any, value: Any) -> Expectation:
        self.seen.add(key)
        entry = self._find(key)
        if entry is not None:
            entry.value = value
            self._use(entry)
        elif self.capacity > 0:
            if len(self.entries) == self.capacity:
                self._evict(key)
            self.entries.append(Entry(key, value))
            self._tick()
        return Expectation("no exception", returns, "put takes any value")

    def _delete(self, key: Any) -> Expectation:
        entry = self._find(key)
        if entry is None:
            why = "deleting an absent key does nothing, or raises KeyError"
            return either(anything(why), refusal("KeyError", why=why))
        self.entries.remove(entry)
        self.gone[key] = f"{key!r} was deleted and not put again"
        return Expectation("no exception", returns, f"{key!r} is there to be deleted")

    def _in(self, key: Any) -> Expectation:
        return exactly(key in self.keys, self.about(key))

    def _len(self) -> Expectation:
        held = ", ".join(map(repr, self.keys)) or "none"
        return exactly(len(self.entries), f"the keys in the cache are: {held}")

    def _find(self, key: Any) -> Entry | None:
        return next((entry for entry in self.entries if entry.key == key), None)

    def _use(self, entry: Entry) -> None:
        entry.count += 1
        self.entries.remove(entry)
        self.entries.append(entry)
        self._tick()

    def _evict(self, incoming: Any) -> None:
        victim = min(self.entries, key=lambda entry: entry.count)
        ties = [entry.key for entry in self.entries if entry.count == victim.count]
        reason = f"its count was {victim.count}, the smallest"
        if len(ties) > 1:
            reason += ", and of those with that count its last use was longest ago"
        self.gone[victim.key] = f"{victim.key!r} had to go when {incoming!r} came in: {reason}"
        self.entries.remove(victim)

    def _tick(self) -> None:
        """Take note of one use; plain LFU never forgets one."""

    def about(self, key: Any) -> str:
        """Say why a key is in the cache, or why it is not."""
        entry = self._find(key)
        if entry is not None:
            if len(self.entries) < self.capacity:
                return f"there is room for {self.capacity}, so nothing had to go"
            return f"{key!r} has a count of {entry.count} and was not the one to go"
        if self.capacity == 0:
            return "a cache of capacity 0 stores nothing"
        return self.gone.get(key, f"nothing was put under {key!r}")


class AgedModel(LFUModel):
    """The same, where every `period` uses (hits and puts) all counts are halved, rounded up."""

    def __init__(self, capacity: int, period: int) -> None:
        super().__init__(capacity)
        self.period = period
        self.uses = 0

    def _tick(self) -> None:
        self.uses += 1
        if self.uses % self.period == 0:
            for entry in self.entries:
                entry.count = -(-entry.count // 2)

    def about(self, key: Any) -> str:
        halvings = self.uses // self.period
        times = "once" if halvings == 1 else f"{halvings} times"
        told = f"; counts were halved {times} so far" if halvings else ""
        return super().about(key) + told
