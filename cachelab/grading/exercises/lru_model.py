"""
LRU as slowly and as plainly as it can be said: a list, the oldest use first.

The judge's only idea of a right answer. Where the contract leaves a choice, the expectation accepts
both: what `delete` answers, KeyError for an absent key, capacity 0 refused or storing nothing.
"""

from typing import Any

from cachelab.grading.expecting import exactly, near, raises, returns
from cachelab.grading.runs import Expectation, Operation


class LRUModel:
    """
    The contract of ex07 for one cache, with the reason for everything it expects.

    Complexity: O(n) per operation, which is why it is easy to believe.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.entries: list[tuple[Any, Any]] = []
        self.seen: set[Any] = set()
        self.missed: set[Any] = set()
        self.hits = 0
        self.lookups = 0
        self.gone: dict[Any, str] = {}

    @property
    def keys(self) -> list[Any]:
        return [key for key, _ in self.entries]

    def born(self) -> Expectation:
        """Expect a cache, or a refusal where the capacity allows or asks for one."""
        if self.capacity < 0:
            why = "a cache cannot have room for fewer than 0 entries"
            return Expectation("ValueError", raises("ValueError"), why)
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
        self.lookups += 1
        for place, (resident, value) in enumerate(self.entries):
            if resident == key:
                self.hits += 1
                self.entries.append(self.entries.pop(place))
                return exactly(value, why)
        self.missed.add(key)
        return exactly(default, why)

    def _put(self, key: Any, value: Any) -> Expectation:
        self.seen.add(key)
        self.entries = [entry for entry in self.entries if entry[0] != key]
        if self.capacity > 0:
            if len(self.entries) == self.capacity:
                victim = self.entries.pop(0)[0]
                self.gone[victim] = (
                    f"{victim!r} had to go: it was the least recently used key when {key!r} came in"
                )
            self.entries.append((key, value))
        return Expectation("no exception", returns, "put takes any value")

    def _delete(self, key: Any) -> Expectation:
        if key not in self.keys:
            why = "deleting an absent key does nothing, or raises KeyError"
            text = "no effect, or KeyError"
            return Expectation(text, lambda o: returns(o) or raises("KeyError")(o), why)
        self.entries = [entry for entry in self.entries if entry[0] != key]
        self.gone[key] = f"{key!r} was deleted and not put again"
        return Expectation("no exception", returns, f"{key!r} is there to be deleted")

    def _in(self, key: Any) -> Expectation:
        return exactly(key in self.keys, self.about(key))

    def _len(self) -> Expectation:
        held = ", ".join(map(repr, self.keys)) or "none"
        return exactly(len(self.entries), f"the keys in the cache are: {held}")

    def _hit_rate(self) -> Expectation:
        rate = self.hits / self.lookups if self.lookups else 0.0
        why = f"{self.hits} of {self.lookups} calls of get found their key"
        if not self.lookups:
            why = "before the first call of get the rate is 0.0"
        return Expectation(f"{rate:.6g}", lambda outcome: near(outcome, rate), why)

    def about(self, key: Any) -> str:
        """Say why a key is in the cache, or why it is not."""
        if key in self.keys:
            if len(self.entries) < self.capacity:
                return f"there is room for {self.capacity}, so nothing had to go"
            size = "the most recently used key"
            if self.capacity > 1:
                size = f"among the {self.capacity} most recently used keys"
            return f"there is room for {self.capacity}, and {key!r} is {size}"
        if self.capacity == 0:
            return "a cache of capacity 0 stores nothing"
        return self.gone.get(key, f"nothing was put under {key!r}")
